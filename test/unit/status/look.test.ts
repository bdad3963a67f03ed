import { strict as assert } from "node:assert";
import { Look } from "../../../operations/status/look";
import type { Row } from "../../../operations/status/row";
import { cluster, stack, StandInApi, StandInShell } from "./standins";

const mysql = "INSERT INTO status.probe";
const hostWord = "MemTotal";

/** A cluster that has MySQL alone, answering as the Kubernetes API does. */
function api(): StandInApi {
    const { nodes, pods, workloads } = cluster();
    const of = (name: string) => workloads.filter(({ metadata }) => metadata.name === name);
    return new StandInApi({
        "GET /readyz": () => "ok",
        "GET /api/v1/nodes": () => ({ items: nodes }),
        "GET /api/v1/pods": () => ({ items: pods }),
        "GET /apis/apps/v1/statefulsets": () => ({ items: of("mysql") }),
        "GET /apis/apps/v1/(deployments|daemonsets)": () => ({ items: [] }),
        "GET /api/v1/namespaces": () => ({ items: [] }),
        "GET /apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings": () => ({ items: [] }),
    });
}
const memory = { stdout: "memory 1 2\nsystem 1 2\n", seconds: 0.2 };
const small = { ...stack(), kafka: undefined, disks: [], workloads: ["mysql/mysql"] };
const signal = new AbortController().signal;
const row = (rows: Row[], name: string) => rows.find((each) => each.name === name)!;
const probes = ({ runs }: StandInShell) => runs.filter(({ script }) => script.includes(mysql));

describe("a look at a stack", () => {
    it("waits for the probes: a row into MySQL, in its pod, by way of the control plane, no password with it", async () => {
        const shell = new StandInShell({ [mysql]: { stdout: "35000\n" }, [hostWord]: memory });
        const rows = await new Look(small, { api: api(), shell, seconds: 1, signal }).all();
        assert.deepEqual(
            rows.filter(({ state }) => state === "up").map(({ name }) => name),
            ["Kubernetes API", "node master", "MySQL"],
        );
        assert.equal(row(rows, "MySQL").probe?.seconds, 0.035);
        const [{ host, script }] = probes(shell);
        assert.equal(host, "master");
        assert.match(script, /exec --stdin mysql-0 .* bash -s <<'END-OF-SCRIPT'\nID=[0-9a-f]{32}\n/);
        assert.match(script, /--defaults-file=\/run\/mysqld\/client\.cnf/);
        assert.doesNotMatch(script, /password/i);
    });

    it("is down with the probe's reason, or when it said no number", async () => {
        const failing = new StandInShell({ [mysql]: { stdout: "", failure: "ERROR 1290" }, [hostWord]: memory });
        const odd = new StandInShell({ [mysql]: { stdout: "what" }, [hostWord]: memory });
        const reasons = [failing, odd].map(async (shell) => {
            return row(await new Look(small, { api: api(), shell, seconds: 1, signal }).all(), "MySQL").reason;
        });
        assert.deepEqual(await Promise.all(reasons), ["ERROR 1290", "it printed no time: what"]);
    });

    it("tries nothing where nothing answers, or where there is no cluster yet", async () => {
        const shell = new StandInShell({});
        const dead = new StandInApi({});
        dead.request = async () => Promise.reject(new Error("connection refused"));
        const rows = await new Look(stack(), { api: dead, shell, seconds: 1, signal }).all();
        assert.ok(rows.every(({ state, reason }) => state === "down" && reason));
        assert.deepEqual(probes(shell), []);
        const early = await new Look(small, { shell, seconds: 1, signal }).all();
        assert.equal(row(early, "Kubernetes API").reason, "this stack has no cluster yet: pulumi up");
    });

    it("does not wait for probes when it is repeated, nor repeats them within 30 s", async () => {
        const shell = new StandInShell({ [mysql]: { stdout: "35000\n" }, [hostWord]: memory });
        const look = new Look(small, { api: api(), shell, seconds: 1, signal });
        assert.equal(row(await look.again(), "MySQL").probe?.seconds, undefined);
        await look.settled();
        assert.equal(row(await look.again(), "MySQL").probe?.seconds, 0.035);
        assert.equal(probes(shell).length, 1);
    });

    it("forgets what a probe found when the part is no longer ready", async () => {
        const shell = new StandInShell({ [mysql]: { stdout: "35000\n" }, [hostWord]: memory });
        const changing = api();
        const look = new Look(small, { api: changing, shell, seconds: 1, signal });
        await look.all();
        const ready = changing.replies["GET /apis/apps/v1/statefulsets"];
        changing.replies["GET /apis/apps/v1/statefulsets"] = () => ({ items: [] });
        assert.equal(row(await look.again(), "MySQL").state, "down");
        changing.replies["GET /apis/apps/v1/statefulsets"] = ready;
        await look.again();
        await look.settled();
        assert.equal(probes(shell).length, 2);
    });

    it("finds the nodes' trends in Elasticsearch, where the watermarks are watched", async () => {
        const { nodes, workloads } = cluster();
        const watched = api();
        const of = (name: string) => ({ items: workloads.filter(({ metadata }) => metadata.name === name) });
        watched.replies["GET /apis/apps/v1/statefulsets"] = () => of("elasticsearch");
        watched.replies["GET /apis/apps/v1/(deployments|daemonsets)"] = () => of("watermarks");
        const json = { node: nodes[0].metadata.name, memory: { used: 1, capacity: 4 } };
        const found = {
            hits: { hits: [{ _source: { "@timestamp": "2026-05-04T12:00:00Z", json } }] },
            aggregations: { late: { nodes: { buckets: [{ key: json.node }] } } },
        };
        const shell = new StandInShell({
            _search: { stdout: `${JSON.stringify(found)}\n5000\n` },
            "_cluster/health": { stdout: '{"status":"green"}\n5000\n' },
            [hostWord]: { ...memory, stdout: "memory 1 2\nsystem 1 2\n" },
        });
        const rows = await new Look(small, { api: watched, shell, seconds: 1, signal }).all();
        const { state, probe } = row(rows, "Watermarks");
        assert.deepEqual([state, probe?.seconds], ["up", 0.005]);
        const marks = row(rows, "node master").marks ?? [];
        assert.deepEqual(marks.find(({ what }) => what === "memory used")?.trend?.last, 25);
    });
});
