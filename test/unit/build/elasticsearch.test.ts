import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { elasticsearchImage } from "../../../rehearsal/mirror/image/elasticsearch/elasticsearch";
import { parseJars } from "../../../rehearsal/mirror/image/jars";
import { Sandbox } from "../cluster/sandbox";

const source = (name: string) =>
    fs.readFileSync(path.join(__dirname, "../../../rehearsal/mirror/image/elasticsearch", name), "utf8");

describe("Elasticsearch's image", () => {
    let container: Sandbox;
    const run = (env: Record<string, string> = {}, args = "") =>
        container.run(`set -- ${args}\n${source("entrypoint.sh")}`, env);
    const servers = () => container.calls("elasticsearch");

    beforeEach(() => {
        container = new Sandbox();
        container.standIn("elasticsearch");
    });
    afterEach(() => container.remove());

    it("gives the server the settings of the environment and nothing else of it", async () => {
        const env = {
            "discovery.type": "single-node",
            ES_SETTING_NODE_ROLE__NAME: "a=",
            ES_JAVA_OPTS: "-Xmx1g",
            Ab: "1",
        };
        const { status, stdout, stderr } = await run(env, "eswrapper");
        assert.equal(status, 0, stderr);
        assert.match(stdout, /stand-in/);
        const settings = servers()[0].split(" ").sort();
        assert.deepEqual(settings, ["-Ediscovery.type=single-node", "-Enode.role_name=a="]);
    });

    it("passes the server's own options on", async () => {
        await run({ "node.name": "a" }, "elasticsearch -Ecluster.name=b");
        await run({}, "--version");
        assert.deepEqual(servers(), ["-Enode.name=a -Ecluster.name=b", "--version"]);
    });

    it("runs any other command as it is", async () => {
        assert.equal((await run({ "node.name": "a" }, "bash -c 'exit 7'")).status, 7);
        assert.deepEqual(servers(), []);
    });

    it("ignores the switches of what it lacks", async () => {
        const env = { "xpack.security.enabled": "false", ES_SETTING_XPACK_ML_ENABLED: "false" };
        const { status, stdout } = await run({ ...env, "node.name": "a" });
        assert.equal(status, 0);
        assert.match(stdout, /xpack\.ml\.enabled=false: nothing to switch off/);
        assert.deepEqual(servers(), ["-Enode.name=a"]);
    });

    it("refuses to serve without what it is asked for, and shows no value", async () => {
        const { status, stdout, stderr } = await run({ "xpack.security.http.ssl.keystore.password": "secret" });
        assert.equal(status, 1);
        assert.match(stderr, /^xpack\.security\.http\.ssl\.keystore\.password asks for/);
        assert.ok(!(stdout + stderr).includes("secret"));
        assert.deepEqual(servers(), []);
    });

    it("describes exactly the modules that it has jars of", () => {
        const { files } = elasticsearchImage("/jars", ["/debian", "/jre"]);
        const folders = parseJars(source("jars.txt")).map(({ folder }) => folder);
        const described = Object.keys(files).flatMap((file) => /modules\/[^/]+(?=\/plugin-d)/.exec(file) ?? []);
        assert.deepEqual(new Set(folders), new Set(["lib", ...described]));
    });
});
