import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { Sandbox } from "../cluster/sandbox";

const scripts = path.join(__dirname, "../../../apps/elk/scripts");

describe("the import of Kibana's objects", () => {
    let pod: Sandbox;
    const run = (env: Record<string, string> = {}) =>
        pod.run("bash files/import.sh", { KIBANA_URL: "http://kibana:5601", ...env });
    const imports = () => pod.calls("curl").filter((call) => call.includes("/api/saved_objects/_import"));

    /** Kibana that is there at the third look, and answers the import with this status and text. */
    function kibana(status: number, answer: string): void {
        pod.standIn(
            "curl",
            `if [[ $* == */api/status ]]; then
                echo look >>/var/looks
                (($(wc -l </var/looks) > 2)) || exit 22
            else
                printf '%s\\n%s' '${answer}' ${status}
            fi`,
        );
    }

    beforeEach(() => {
        pod = new Sandbox();
        for (const file of ["es.sh", "import.sh"])
            pod.write(`/files/${file}`, fs.readFileSync(path.join(scripts, file)));
        fs.mkdirSync(pod.at("/var"));
        pod.standIn("sleep");
    });
    afterEach(() => pod.remove());

    it("waits for Kibana and brings them in over those that are there", async () => {
        kibana(200, '{"successCount":5,"success":true}');
        const { status, stderr } = await run();
        assert.equal(status, 0, stderr);
        assert.equal(pod.calls("sleep").length, 2);
        assert.equal(imports().length, 1);
        assert.match(imports()[0], / --form file=@files\/objects\.ndjson .*\?overwrite=true$/);
    });

    it("fails with Kibana's words when it refuses", async () => {
        kibana(400, '{"message":"no such thing"}');
        const { status, stderr } = await run();
        assert.equal(status, 1);
        assert.match(stderr, /Kibana refused the saved objects: \{"message":"no such thing"\}/);
    });

    it("fails when not all of them came in", async () => {
        kibana(200, '{"successCount":4,"success":false,"errors":[{"id":"cluster-logs"}]}');
        const { status, stdout } = await run();
        assert.equal(status, 1);
        assert.match(stdout, /"errors":\[\{"id":"cluster-logs"\}\]/);
    });

    it("logs in with a password that is on no command line", async () => {
        kibana(200, '{"success":true}');
        assert.equal((await run({ ES_USER: "elastic", ES_PASSWORD: "elastics-word" })).status, 0);
        for (const call of pod.calls("curl")) {
            assert.match(call, / --config \/dev\/fd\/\d+ /);
            assert.doesNotMatch(call, /-word/);
        }
    });
});
