import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { Sandbox } from "../cluster/sandbox";

const scripts = path.join(__dirname, "../../../apps/elk/scripts");
const day = 86_400_000;
const mebibyte = 2 ** 20;

/**
 * Elasticsearch behind a stand-in for curl: /var/es/indices has a line for each index with the time of its creation in
 * milliseconds and its bytes; /var/es/alias is there where the alias is. It refuses what matches the first line of
 * /var/es/refuse, once, and begins a new index when it is asked to and /var/es/full is there. /var/es/snapshots has a line
 * for each snapshot, as it tells them. What it was asked is in /var/es/requests, a line each with its body, and in
 * /var/es/logins what the settings say that were read for it.
 */
const curl = `
cd /var/es
status=200
trap 'printf "\\n%s" "$status"' EXIT
refused() { echo "$2"; status=$1; exit; }
body="" settings=""
while (($# > 1)); do
    case $1 in
        --request) method=$2 ;;
        --config) settings=$(<"$2") ;;
        --data-binary) [[ $2 != @- ]] || body=$(cat) ;;
    esac
    shift
done
path=\${1#http://localhost:9200}
printf '%s %s %s\\n' "$method" "$path" "\${body//$'\\n'/}" >>requests
printf '%s\\n' "$settings" >>logins
refusal=$(head -n 1 refuse)
if [[ $refusal && "$method $path" == $refusal ]]; then
    rest=$(tail -n +2 refuse)
    printf '%s\\n' "$rest" >refuse
    refused 403 '{"error": "told to refuse"}'
fi
missing() { refused 404 '{"error": "missing"}'; }
case "$method $path" in
    "GET /_alias/logs") [[ -e alias ]] || missing ;;
    "PUT /logs-000001")
        echo "logs-000001 $(date +%s)000 208" >>indices
        touch alias
        ;;
    "POST /logs/_rollover")
        [[ -e alias ]] || missing
        [[ -e full ]] || { echo '{"rolled_over":false}'; exit; }
        rm full
        echo "logs-000099 $(date +%s)000 208" >>indices
        echo '{"new_index":"logs-000099","rolled_over":true}'
        exit
        ;;
    "GET /_cat/indices/logs-0"*) grep '^logs-0' indices | sort; exit 0 ;;
    "GET /_cat/indices/logs-refused"*)
        grep -q '^logs-refused ' indices || missing
        sed -n 's/^logs-refused .* //p' indices
        exit
        ;;
    "GET /_cat/snapshots/backup"*) cat snapshots; exit ;;
    "GET /_cat/count/"*) echo "42 "; exit ;;
    "PUT /_snapshot/backup/"*) echo "\${path##*/} IN_PROGRESS $(date +%s) 0 0" >>snapshots ;;
    "DELETE /_snapshot/backup/"*)
        rest=$(grep -v "^\${path##*/} " snapshots)
        printf '%s' "\${rest:+$rest$'\n'}" >snapshots
        ;;
    "DELETE /"*)
        rest=$(grep -v "^\${path#/} " indices)
        printf '%s\\n' "$rest" >indices
        ;;
esac
echo '{"acknowledged":true}'
`;

describe("the keeper of Elasticsearch's indices", () => {
    let pod: Sandbox;
    const run = (env: Record<string, string> = {}) =>
        pod.run("bash scripts/keeper.sh", {
            ...{ ONCE: "1", KEEP_DAYS: "14", KEEP_MIB: "800", ES_URL: "http://localhost:9200" },
            ...{ BACKUP_DAYS: "7", STACK: "dev" },
            ...env,
        });
    const requests = () => pod.read("/var/es/requests").split("\n").slice(0, -1);
    const asked = (start: string) => requests().filter((line) => line.startsWith(start));
    const removed = () => asked("DELETE /logs").map((line) => line.slice("DELETE /".length).trim());
    const left = () =>
        pod
            .read("/var/es/indices")
            .split("\n")
            .filter(Boolean)
            .map((line) => line.split(" ")[0]);
    const refuse = (...patterns: string[]) => pod.write("/var/es/refuse", patterns.map((one) => `${one}\n`).join(""));

    /** Puts indices behind the alias: name, age in days, MiB. */
    function has(...indices: [name: string, days: number, size: number][]): void {
        const lines = indices.map(
            ([name, days, size]) => `${name} ${Math.round(Date.now() - days * day)} ${size * mebibyte}\n`,
        );
        pod.write("/var/es/indices", lines.join(""));
        pod.write("/var/es/alias", "");
    }

    beforeEach(() => {
        pod = new Sandbox();
        for (const file of ["es.sh", "keeper.sh", "snapshots.sh", "template.json"]) {
            const text = fs.readFileSync(path.join(scripts, file), "utf8");
            pod.write(`/scripts/${file}`, text.replaceAll("/tmp/", `${pod.root}/tmp/`));
        }
        fs.mkdirSync(pod.at("/tmp"));
        for (const file of ["indices", "refuse", "requests", "logins", "snapshots"]) pod.write(`/var/es/${file}`, "");
        pod.standIn("curl", curl);
        // Waiting for nothing: the stand-in for Elasticsearch answers at once.
        pod.standIn("sleep");
    });
    afterEach(() => pod.remove());

    it("makes the first index behind the alias, by the template, once and never again", async () => {
        for (let time = 0; time < 2; time++) {
            const { status, stderr } = await run();
            assert.deepEqual([status, stderr], [0, ""]);
        }
        assert.deepEqual(left(), ["logs-000001"]);
        assert.deepEqual(asked("PUT /logs"), ['PUT /logs-000001 {"aliases": {"logs": {"is_write_index": true}}}']);
        const [template, again] = asked("PUT /_index_template/");
        assert.equal(template, again);
        assert.ok(
            requests().indexOf(template) < requests().indexOf(asked("PUT /logs")[0]),
            "an index without mappings",
        );
        const given = JSON.parse(template.slice(template.indexOf("{"))) as { index_patterns: string[] };
        assert.deepEqual(given, JSON.parse(fs.readFileSync(path.join(scripts, "template.json"), "utf8")));
        assert.ok(given.index_patterns.includes("logs-0*"));
    });

    it("names its template otherwise than the product's own, which would come back", async () => {
        await run();
        assert.match(asked("PUT /_index_template/")[0], /^PUT \/_index_template\/container-logs /);
    });

    it("is ready when the index is there and not before", async () => {
        pod.standIn("sleep", `[[ ! -e ${pod.at("/tmp/prepared")} ]] || echo too early >>/var/es/early`);
        refuse("GET /_cluster/health*", "PUT /_index_template/*", "PUT /logs-000001");
        const { status, stderr } = await run();
        assert.equal(status, 0);
        assert.equal(pod.calls("sleep").length, 3);
        assert.ok(!pod.exists("/var/es/early"));
        assert.ok(pod.exists("/tmp/prepared"));
        assert.match(stderr, /PUT \/_index_template\/\S+: \{"error": "told to refuse"\}/);
        assert.deepEqual(left(), ["logs-000001"]);
    });

    it("begins a new index after a day, or when one has an eighth of the space", async () => {
        has(["logs-000001", 1.5, 20]);
        pod.write("/var/es/full", "");
        const { stdout } = await run();
        assert.deepEqual(left(), ["logs-000001", "logs-000099"]);
        assert.match(stdout, /began a new index: .*logs-000099/);
        assert.deepEqual(asked("POST /logs/_rollover"), [
            'POST /logs/_rollover {"conditions": {"max_age": "1d", "max_size": "100mb"}}',
        ]);
    });

    it("removes what is too old, but nothing whose last line is not", async () => {
        has(["logs-000001", 16.5, 1], ["logs-000002", 15.5, 1], ["logs-000003", 14.5, 1], ["logs-000004", 0.5, 1]);
        const { stdout } = await run();
        assert.deepEqual(removed(), ["logs-000001", "logs-000002"]);
        assert.match(stdout, /removed logs-000001: 16 days old/);
    });

    it("keeps the lines of a day that has just ended, where one day is kept", async () => {
        has(["logs-000001", 1.01, 1]);
        pod.write("/var/es/full", "");
        await run({ KEEP_DAYS: "1" });
        assert.deepEqual(left(), ["logs-000001", "logs-000099"]);
    });

    it("removes the oldest until the rest fits", async () => {
        has(["logs-000001", 4.5, 300], ["logs-000002", 3.5, 300], ["logs-000003", 2.5, 300], ["logs-000004", 0.5, 300]);
        const { stdout } = await run();
        assert.deepEqual(removed(), ["logs-000001", "logs-000002"]);
        assert.match(stdout, /removed logs-000001: all have 1200 MiB, more than 800/);
        assert.match(stdout, /removed logs-000002: all have 900 MiB, more than 800/);
    });

    it("removes nothing when all fits", async () => {
        has(["logs-000001", 13.5, 400], ["logs-000002", 0.5, 400], ["logs-refused", 13.5, 100]);
        const { status, stderr } = await run();
        assert.deepEqual([status, stderr], [0, ""]);
        assert.deepEqual(removed(), []);
    });

    it("never removes the one that is written to", async () => {
        has(["logs-000001", 100.5, 5000]);
        await run();
        assert.deepEqual(removed(), []);
    });

    it("removes refused events when they have more than an eighth of the space", async () => {
        has(["logs-000001", 0.5, 1], ["logs-refused", 0.5, 101]);
        const { stdout } = await run();
        assert.deepEqual(removed(), ["logs-refused"]);
        assert.match(stdout, /removed logs-refused: 101 MiB/);
    });

    it("goes on after a refusal to remove one, and says which", async () => {
        has(["logs-000001", 4.5, 500], ["logs-000002", 3.5, 500], ["logs-000003", 0.5, 300]);
        refuse("DELETE /logs-000001");
        const { stderr, stdout } = await run();
        assert.deepEqual(left(), ["logs-000001", "logs-000003"]);
        assert.match(stderr, /DELETE \/logs-000001: \{"error": "told to refuse"\}/);
        assert.doesNotMatch(stdout, /removed logs-000001/);
    });

    it("makes room also when the full disk refuses a new index", async () => {
        has(["logs-000001", 4.5, 500], ["logs-000002", 0.5, 500]);
        refuse("POST /logs/_rollover");
        await run();
        assert.deepEqual(removed(), ["logs-000001"]);
    });

    it("removes nothing when it can't see what there is", async () => {
        has(["logs-000001", 40.5, 5000], ["logs-000002", 0.5, 500]);
        refuse("GET /_cat/indices/logs-0*");
        assert.notEqual((await run()).status, 0);
        assert.deepEqual(removed(), []);
    });

    describe("with snapshots", () => {
        const hour = 3600;
        /** Puts snapshots there: name, state, age in seconds, failed shards. */
        const made = (...all: [name: string, status: string, age: number, failed?: number][]) =>
            pod.write(
                "/var/es/snapshots",
                all
                    .map(([name, status, age, failed = 0]) => {
                        return `${name} ${status} ${Math.round(Date.now() / 1000 - age)} ${failed} 3\n`;
                    })
                    .join(""),
            );
        const begun = () => asked("PUT /_snapshot/backup/");
        const forgotten = () => asked("DELETE /_snapshot/backup/").map((line) => line.trim().split("/").at(-1));

        it("makes the first at once, of all indices of logs, in a repository that it has tried", async () => {
            const { status, stderr } = await run();
            assert.deepEqual([status, stderr], [0, ""]);
            const all = requests();
            const place = all.indexOf('PUT /_snapshot/backup {"type": "fs", "settings": {"location": "/backup"}}');
            const tried = all.findIndex((line) => line.startsWith("POST /_snapshot/backup/_verify"));
            const [one, ...more] = begun();
            assert.ok(place >= 0 && place < tried && tried < all.indexOf(one), all.join("\n"));
            assert.deepEqual(more, []);
            const [, name, body] = /^PUT \/_snapshot\/backup\/(\S+) (.*)$/.exec(one)!;
            assert.match(name, /^es-\d{8}t\d{6}z$/);
            assert.deepEqual(JSON.parse(body), {
                indices: "logs-0*,logs-refused*",
                include_global_state: false,
                metadata: { stack: "dev", why: "schedule", documents: 42 },
            });
        });

        it("makes the next when the newest is a day old, and none while one is under way", async () => {
            made(["es-a", "SUCCESS", 23 * hour]);
            await run();
            made(["es-a", "SUCCESS", 30 * hour], ["es-b", "IN_PROGRESS", hour]);
            await run();
            assert.deepEqual(begun(), []);
            made(["es-a", "SUCCESS", 24 * hour + 1]);
            await run();
            assert.equal(begun().length, 1);
        });

        it("keeps none that is not whole, says so loudly, and makes another", async () => {
            made(["es-a", "SUCCESS", 30 * hour], ["es-b", "PARTIAL", hour, 2], ["es-c", "FAILED", hour, 3]);
            const { stderr } = await run();
            assert.deepEqual(forgotten(), ["es-b", "es-c"]);
            assert.match(stderr, /BACKUP FAILED: snapshot es-b is PARTIAL, 2 of 3 shards failed/);
            assert.equal(begun().length, 1);
        });

        it("removes those older than the rule, but neither the newest nor what was made by hand", async () => {
            made(["es-a", "SUCCESS", 9 * 24 * hour], ["mine", "SUCCESS", 9 * 24 * hour], ["es-b", "SUCCESS", hour]);
            await run();
            assert.deepEqual(forgotten(), ["es-a"]);
            made(["es-c", "SUCCESS", 9 * 24 * hour]);
            await run();
            assert.deepEqual(forgotten(), ["es-a"]);
        });

        it("says that none was begun where its repository does not work, and still looks after the indices", async () => {
            has(["logs-000001", 16.5, 1], ["logs-000002", 0.5, 1]);
            made(["es-a", "SUCCESS", 30 * hour]);
            refuse("POST /_snapshot/backup/_verify");
            const { stderr } = await run();
            assert.match(stderr, /BACKUP FAILED: no snapshot was begun; the newest is es-a/);
            assert.deepEqual([begun(), removed()], [[], ["logs-000001"]]);
        });

        it("forgets and begins nothing when it can't see what there is", async () => {
            made(["es-a", "SUCCESS", 9 * 24 * hour]);
            refuse("GET /_cat/snapshots/*");
            await run();
            assert.deepEqual([begun(), forgotten()], [[], []]);
        });
    });

    describe("with security", () => {
        const passwords = {
            ...{ ES_USER: "elastic", ES_PASSWORD: "elastics-word" },
            ...{ KIBANA_PASSWORD: "kibanas-word", LOGSTASH_PASSWORD: "logstashs-word" },
        };

        it("gives Kibana's user its password, and logs in for all that it asks", async () => {
            assert.equal((await run(passwords)).status, 0);
            assert.deepEqual(asked("POST /_security"), [
                'POST /_security/user/kibana_system/_password {"password": "kibanas-word"}',
            ]);
            const logins = pod.read("/var/es/logins").split("\n").slice(0, -1);
            assert.deepEqual([...new Set(logins)], ['user = "elastic:elastics-word"']);
            assert.equal(logins.length, requests().length);
        });

        it("makes Logstash's user, once its role is there, and its role is to write", async () => {
            refuse("PUT /_security/role/*");
            assert.equal((await run(passwords)).status, 0);
            const [role, again, user, ...more] = asked("PUT /_security");
            assert.deepEqual([again, more], [role, []]);
            assert.equal(
                user,
                'PUT /_security/user/logstash_writer {"password": "logstashs-word", "roles": ["logstash_writer"]}',
            );
            const [, path, body] = /^PUT (\S+) (.*)$/.exec(role)!;
            assert.equal(path, "/_security/role/logstash_writer");
            assert.deepEqual(JSON.parse(body), {
                cluster: ["monitor"],
                indices: [
                    { names: ["logs", "logs-0*"], privileges: ["index", "view_index_metadata"] },
                    { names: ["logs-refused"], privileges: ["index", "create_index"] },
                ],
            });
        });

        it("is not ready before Logstash's user is there", async () => {
            pod.standIn("sleep", `[[ ! -e ${pod.at("/tmp/prepared")} ]] || echo too early >>/var/es/early`);
            refuse("PUT /_security/user/logstash_writer");
            assert.equal((await run(passwords)).status, 0);
            assert.equal(pod.calls("sleep").length, 1);
            assert.ok(!pod.exists("/var/es/early"));
        });

        it("has no password on a command line, nor in its log", async () => {
            const { stdout, stderr } = await run(passwords);
            assert.ok(asked("POST /_security").length > 0);
            assert.ok(pod.calls("curl").every((call) => / --config \/dev\/fd\/\d+ /.test(call)));
            assert.doesNotMatch([...pod.calls(), stdout, stderr].join("\n"), /word"|-word/);
        });

        it("makes room first where a full disk takes no password", async () => {
            has(["logs-000001", 4.5, 500], ["logs-000002", 0.5, 500]);
            refuse("POST /_security/*");
            assert.equal((await run(passwords)).status, 0);
            const passwordAgain = requests().lastIndexOf(asked("POST /_security")[0]);
            assert.ok(requests().findIndex((line) => line.startsWith("DELETE /logs-000001")) < passwordAgain);
            assert.deepEqual(removed(), ["logs-000001"]);
        });

        it("asks nothing of it where it is off, and logs in nowhere", async () => {
            await run({ ES_PASSWORD: "", KIBANA_PASSWORD: "", LOGSTASH_PASSWORD: "" });
            assert.doesNotMatch(requests().join("\n"), /_security/);
            assert.equal(pod.read("/var/es/logins").trim(), "");
        });
    });
});
