import { strict as assert } from "node:assert";
import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import { deploymentsOf, hogScript, namespaceOf } from "../../../../operations/drill/avalanche/hog";
import { install } from "../../../../operations/drill/avalanche/install";
import { waitFor } from "../../../../operations/status/wait";
import { StandInApi } from "../../status/standins";

const mebibyte = 2 ** 20;
const inAnHour = () => Math.floor(Date.now() / 1000) + 3600;

describe("the install that eats memory", () => {
    const running: ChildProcess[] = [];
    afterEach(() => running.splice(0).forEach(({ pid }) => kill(-pid!)));

    function hog(rate: number, until: number): ChildProcess {
        const child = spawn("bash", ["-c", hogScript(rate, until)], { stdio: "ignore", detached: true });
        running.push(child);
        return child;
    }

    it("grows by its rate", async () => {
        const { pid } = hog(8 * mebibyte, inAnHour());
        const tail = () => childOf(pid!, "tail");
        await waitFor(async () => memory(tail()) > 14 * mebibyte, 10, "it did not grow");
        assert.ok(memory(tail()) < 80 * mebibyte, "no faster than it is told");
    });

    it("ends as killed when its memory is taken from it", async () => {
        const child = hog(mebibyte, inAnHour());
        const ended = new Promise((resolve) => child.on("close", resolve));
        await waitFor(async () => childOf(child.pid!, "tail") !== undefined, 10, "it did not begin");
        kill(childOf(child.pid!, "tail")!);
        assert.equal(await ended, 137);
    });

    it("lets go by itself when its time is over, and stays", async () => {
        const { pid } = hog(8 * mebibyte, Math.floor(Date.now() / 1000) + 2);
        await waitFor(async () => nameOf(pid!) === "sleep", 10, "it did not let go");
        assert.equal(childOf(pid!, "tail"), undefined);
        assert.ok(memory(pid) < 8 * mebibyte);
    });

    it("has no limit and no request, tolerates everything, and can be put before everybody else", () => {
        const plain = { namespace: "n", image: "i", deployments: 2, replicas: 3, rate: 1, until: 2 };
        const [first, second] = deploymentsOf(plain).map((each) => JSON.stringify(each));
        assert.match(first, /"replicas":3/);
        assert.match(first, /"tolerations":\[{"operator":"Exists"}\]/);
        assert.doesNotMatch(first, /resources|priorityClassName|nodeSelector/);
        assert.notEqual(first, second);
        const [above] = deploymentsOf({ ...plain, priorityClass: "above", node: "node-02" });
        assert.match(JSON.stringify(above), /"priorityClassName":"above"/);
        assert.match(JSON.stringify(above), /"nodeSelector":{"kubernetes.io\/hostname":"node-02"}/);
    });

    it("requests a little when it is told to, and has no limit then either: Burstable", () => {
        const plain = { namespace: "n", image: "i", deployments: 1, replicas: 1, rate: 1, until: 2 };
        const [one] = deploymentsOf({ ...plain, burstable: true });
        assert.match(JSON.stringify(one), /"resources":{"requests":{"memory":"16Mi"}}/);
    });

    it("does not believe a refusal for as long as it is told, and says each that stays once", async () => {
        const path = "POST /apis/apps/v1/namespaces/n/deployments";
        const refusal = (name: string) => ({ status: 403, body: JSON.stringify({ message: `${name} is forbidden` }) });
        const refusing = (times: number) =>
            new StandInApi({
                [path]: ({ body }) => {
                    const { metadata } = JSON.parse(body!) as { metadata: { name: string } };
                    return times-- > 0 ? refusal(metadata.name) : {};
                },
            });
        const three = { namespace: "n", image: "i", deployments: 3, replicas: 1, rate: 1, until: 2 };
        assert.deepEqual(await install(refusing(2), three, 10), { accepted: 3, refusals: [] });
        assert.deepEqual(await install(refusing(2), three), { accepted: 1, refusals: ["hog-… is forbidden"] });
    });

    it("is out of the guardrails by a label that says why, and only when it is asked for", () => {
        assert.match(JSON.stringify(namespaceOf("n", true)), /"guardrails.test-cluster\/off":"drill"/);
        assert.doesNotMatch(JSON.stringify(namespaceOf("n", false)), /guardrails/);
    });
});

function kill(pid: number): void {
    try {
        process.kill(pid, "SIGKILL");
    } catch {
        // It is gone already.
    }
}

function nameOf(pid: number): string {
    return fs.readFileSync(`/proc/${pid}/comm`, "utf8").trim();
}

function childOf(parent: number, name: string): number | undefined {
    const children = fs
        .readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8")
        .trim()
        .split(" ")
        .filter(Boolean);
    return children.map(Number).find((pid) => nameOf(pid) === name);
}

/** Bytes that a process has in memory. */
function memory(pid: number | undefined): number {
    if (pid === undefined) return 0;
    const [, kibibytes] = /VmRSS:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kibibytes) * 1024;
}
