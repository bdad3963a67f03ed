import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import { getConfig, publishConfig } from "../../apps/nacos/api";
import {
    countOf,
    drill,
    elasticsearch,
    kafka,
    kafkaHealthy,
    linesOf,
    meets,
    messages,
    installBrowser,
    nacos,
    page,
    removePod,
    startPod,
    status,
} from "./applications";
import { stackFile } from "../sample";
import { changedStack, eventually, kubectl, long, run, sql, ssh, succeeded } from "./support";

/** What the applications promise, together and one by one. The stack that comes up here is what the next suite goes on with. */
describe("the applications", function () {
    this.timeout(15 * 60_000);
    this.bail(true);

    // Names that no earlier run has left lines of.
    const suffix = Date.now().toString(36);
    const [speaker, flood, late] = [`speaker-${suffix}`, `flood-${suffix}`, `late-${suffix}`];

    it("come up with the cluster from nothing, within six minutes", async () => {
        const result = await run(["up"]);
        succeeded(result);
        assert.ok(result.seconds < 360, `it took ${Math.round(result.seconds)} s`);
        console.log(`        pulumi up took ${Math.round(result.seconds)} s`);
    });

    it("carry a pod's lines to Elasticsearch, each with where it is from", async () => {
        const script = `echo 'plain line'
            echo '{"level": "error", "msg": "broke", "attempt": 5, "of": {"a": [1, 2.5]}}'
            echo '{"level": "error'
            printf 'java.lang.RuntimeException: no\\n\\tat a.b.C(D.java:5)\\nCaused by: e\\n\\tat f.g\\n' >&2
            sleep 30`;
        const began = Date.now();
        await startPod(speaker, script);
        await eventually("four events", 60, async () => (await countOf(speaker)) === 4);
        console.log(`        found ${((Date.now() - began) / 1000).toFixed(1)} s after the pod was asked for`);
        const lines = await linesOf(speaker);
        const of = (start: string) => lines.find(({ message }) => message.startsWith(start))!;
        const { kubernetes } = of("plain line");
        assert.deepEqual(
            [kubernetes.namespace, kubernetes.pod.name, kubernetes.container.name, kubernetes.labels],
            ["default", speaker, speaker, { team: "test", "guardrails_test-cluster/quota": "default" }],
        );
        assert.match(kubernetes.node.name, /^(master|node-0[12])$/);
        assert.equal(of('{"level": "error",').json?.msg, "broke");
        assert.deepEqual(of('{"level": "error').tags ?? of('{"level": "error').json, of('{"level": "error').json);
        const broken = lines.find(({ tags }) => tags?.includes("_jsonparsefailure"));
        assert.equal(broken?.message, '{"level": "error');
        const trace = of("java.lang");
        assert.equal(trace.message.split("\n").length, 4, "a stack trace is one event");
        assert.equal(trace.stream, "stderr");
    });

    it("show the lines to whoever opens Kibana, and the dashboard", async () => {
        await installBrowser();
        const kibana = (path: string) => page("logging", "kibana", 5601, path);
        const search = await kibana(`/app/discover?q=kubernetes.pod.name%3A${speaker}`);
        for (const seen of ["plain line", "java.lang.RuntimeException: no", "default", speaker]) {
            assert.ok(search.includes(seen), `${seen} is not on the page`);
        }
        const dashboard = await kibana("/app/dashboards/view/cluster-logs");
        for (const seen of ["Log volume by namespace", "Errors by pod", speaker]) {
            assert.ok(dashboard.includes(seen), `${seen} is not on the dashboard`);
        }
        await removePod(speaker);
    });

    long("lose no line and write none twice while Elasticsearch, then Kafka, is away", async () => {
        const rate = 500;
        const seconds = 40;
        // 50 lines in every tenth of a second, numbered.
        await startPod(
            flood,
            `n=0; for ((s = 0; s < ${seconds * 10}; s++)); do
                for ((i = 0; i < ${rate / 10}; i++)); do printf 'flood %d some text to make it a usual length\\n' $((n++)); done
                sleep 0.09
            done; sleep 300`,
        );
        await eventually("the flood is under way", 60, async () => (await countOf(flood)) > 1000);
        await kubectl("-n", "logging", "scale", "statefulset", "elasticsearch", "--replicas=0");
        await new Promise((resolve) => setTimeout(resolve, 15_000));
        await kubectl("-n", "logging", "scale", "statefulset", "elasticsearch", "--replicas=1");
        await ssh("node-01", "docker stop kafka >/dev/null");
        await new Promise((resolve) => setTimeout(resolve, 8_000));
        await ssh("node-01", "docker start kafka >/dev/null");
        const all = rate * seconds;
        await eventually(`${all} lines`, 360, async () => {
            const [found, waiting] = [await countOf(flood), await lag()];
            if (found >= all) return true;
            throw new Error(`there are ${found}, and ${waiting} wait in Kafka`);
        });
        // Whatever comes twice would come now.
        await eventually("Logstash has read all", 60, async () => (await lag()) === 0);
        assert.equal(await countOf(flood), all);
        await removePod(flood);
    });

    long("hold what does not fit on Elasticsearch's disk, and bring it when there is room", async () => {
        const disk = "/var/lib/data/elasticsearch";
        const closed = async () =>
            JSON.stringify(await elasticsearch("/logs*/_settings")).includes('"read_only_allow_delete":"true"');
        // How often it looks at its disk: half a minute otherwise.
        const looks = (interval: string | null) =>
            elasticsearch("/_cluster/settings", { transient: { "cluster.info.update.interval": interval } });
        await looks("10s");
        // Taken, not written: three in a hundred are left, at five it stops writing.
        const take =
            `read -r size room < <(df --block-size=1 --output=size,avail ${disk} | tail -1)\n` +
            `fallocate --length $((room - size * 3 / 100)) ${disk}/filler`;
        await ssh("node-02", take);
        try {
            await eventually("Elasticsearch takes no more", 90, closed);
            const before = await messages("logs");
            await startPod(late, `for n in {1..500}; do echo "late $n"; done; sleep 300`);
            await eventually("the lines are in Kafka", 60, async () => (await messages("logs")) >= before + 500);
            assert.equal(await countOf(late), 0);
        } finally {
            await ssh("node-02", `rm -f ${disk}/filler`);
        }
        await eventually("500 lines", 120, async () => (await countOf(late)) === 500);
        await looks(null);
        await removePod(late);
    });

    const place = { namespace: "public", group: "DEFAULT_GROUP", dataId: "application.yaml" };
    const declared = fs.readFileSync("apps/nacos/configurations/public/DEFAULT_GROUP/application.yaml", "utf8");
    const live = async () => (await getConfig(await nacos(), place))?.content;

    it("have Kafka start from its archive of classes, which Java takes only where all is as it was written", async () => {
        const maps = await ssh("node-01", "docker exec kafka cat /proc/1/maps");
        assert.match(maps, / \/opt\/kafka\/broker\.jsa$/m);
    });

    it("have the declared configurations in Nacos, which keeps them in MySQL", async () => {
        assert.equal(await live(), declared);
        assert.equal(
            await sql("SELECT COUNT(*) FROM nacos.config_info WHERE data_id IN ('application.yaml', 'features.json')"),
            "2",
        );
        assert.equal(
            await sql("SELECT md5(content) = md5 FROM nacos.config_info WHERE data_id = 'application.yaml'"),
            "1",
        );
    });

    it("let nobody into Nacos without the password", async () => {
        await assert.rejects(async () => getConfig(await nacos("wrong"), place), /password|403|500|user/i);
    });

    long("show what was changed in Nacos by hand, keep it, and overwrite it when asked to", async () => {
        const byHand = "changed: by hand\n";
        const before = await getConfig(await nacos(), place);
        await publishConfig(await nacos(), place, { content: byHand, type: "yaml" }, before!.md5);
        const preview = await run(["preview"]);
        succeeded(preview);
        assert.equal(preview.changes.filter(({ urn }) => urn.endsWith("application.yaml")).length, 1);
        assert.match(preview.output, /application\.yaml.*(by hand|changed)/is);
        succeeded(await run(["up"]));
        assert.equal(await live(), byHand, "it was overwritten unasked");
        const settings = stackFile("local")["test-cluster:nacos"] as object;
        succeeded(
            await run(["up", "--config-file", changedStack("test-cluster:nacos", { ...settings, overwrite: true })]),
        );
        assert.equal(await live(), declared);
        succeeded(await run(["up"]));
        succeeded(await run(["preview", "--expect-no-changes"]));
    });

    it("have Nacos back by itself after MySQL restarts", async () => {
        await kubectl("-n", "mysql", "delete", "pod", "mysql-0", "--wait=true", "--timeout=50s");
        await eventually("Nacos answers from MySQL", 120, async () => (await live()) === declared);
        await eventually("Nacos is Ready", 60, async () =>
            / 1\/1 /.test(await kubectl("-n", "nacos", "get", "deployment", "nacos", "--no-headers")),
        );
    });

    long("have Kafka back by itself after its container, Docker, and the host", async () => {
        const before = await messages("logs");
        assert.ok(before > 0);
        const ways = {
            "a crash of the container": "kill -9 $(docker inspect --format '{{.State.Pid}}' kafka)",
            "a restart of Docker": "systemctl restart docker",
            "a reboot of the host": "systemd-run --quiet --on-active=0.2 systemctl reboot",
        };
        for (const [what, command] of Object.entries(ways)) {
            const started = await ssh("node-01", "docker inspect --format '{{.State.StartedAt}}' kafka");
            await ssh("node-01", command);
            await eventually(`Kafka is back after ${what}`, 180, async () => {
                const again = await ssh("node-01", "docker inspect --format '{{.State.StartedAt}}' kafka");
                return again !== started && (await kafkaHealthy());
            });
            assert.ok((await messages("logs")) >= before, what);
        }
        await eventually("node-01 is Ready", 120, async () =>
            / Ready /.test(await kubectl("get", "node", "node-01", "--no-headers")),
        );
    });

    long("have Kafka made anew when its compose file changes, with its messages and offsets", async () => {
        const container = await ssh("node-01", "docker inspect --format '{{.Id}}' kafka");
        const group = "consumer-groups";
        const offsets = async () =>
            (await kafka(group, "--describe --group logstash --offsets")).match(/^logstash +logs +0 +(\d+)/m)?.[1];
        const offset = Number(await offsets());
        assert.ok(offset > 0);
        const before = await messages("logs");
        const more = changedStack("test-cluster:kafka", { memory: "1200Mi" });
        succeeded(await run(["up", "--config-file", more]));
        assert.notEqual(await ssh("node-01", "docker inspect --format '{{.Id}}' kafka"), container);
        assert.equal(
            await ssh("node-01", "docker inspect --format '{{.HostConfig.Memory}}' kafka"),
            `${1200 * 2 ** 20}`,
        );
        assert.ok((await messages("logs")) >= before);
        assert.ok(Number(await offsets()) >= offset);
        const reserved = () => ssh("node-01", "grep -A3 systemReserved /var/lib/kubelet/config.yaml");
        assert.match(await reserved(), /memory: 1650Mi/);
        succeeded(await run(["up"]));
        assert.match(await reserved(), /memory: 1474Mi/);
    });

    it("are all up to `npm run status`, which tries each from end to end", async () => {
        const rows = await status();
        assert.deepEqual(
            rows.filter(({ state }) => state !== "up"),
            [],
        );
        assert.ok(rows.length >= 15, `${rows.length} rows`);
        const tried = rows.filter(({ probe }) => probe).map(({ name }) => name);
        for (const part of ["Kafka", "MySQL", "Nacos", "Elasticsearch", "Kibana", "log line"]) {
            assert.ok(tried.includes(part), `${part} was not tried`);
        }
    });

    long("keep serving while an install without limits eats a worker's memory: the avalanche", async () => {
        meets(await drill("avalanche", "--short", "--one-worker"));
    });

    /** Messages that Logstash has not read yet. */
    async function lag(): Promise<number> {
        const described = await kafka("consumer-groups", "--describe --group logstash");
        const rows = described.split("\n").filter((line) => /^logstash +logs /.test(line));
        return rows.reduce((sum, row) => sum + Number(row.trim().split(/ +/)[5]), 0);
    }
});
