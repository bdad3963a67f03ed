import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { Elasticsearch } from "../../../operations/status/elasticsearch";
import { lastWords, type Said } from "../../../operations/status/ssh";
import { StandInShell } from "./standins";

const scripts = path.resolve("apps/elk/scripts");
const login = { ES_USER: "elastic", ES_PASSWORD: "secret" };

/** Stands in for Elasticsearch with security on: it repeats what it was asked. */
const server = http.createServer((request, response) => {
    const { method, url, headers } = request;
    const known = headers.authorization === `Basic ${Buffer.from("elastic:secret").toString("base64")}`;
    const refusal = { root_cause: [{ reason: 'missing "credentials"' }], reason: "another" };
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
        response.statusCode = known ? 200 : 401;
        response.end(JSON.stringify(known ? { method, url, body } : { error: refusal, status: 401 }));
    });
});

/** Stands in for a host whose kubectl runs what it is given here, as the pod would. */
class Host extends StandInShell {
    constructor(private readonly env: Record<string, string>) {
        super({});
    }

    override async run(host: string, script: string): Promise<Said> {
        this.runs.push({ host, script });
        const dir = fs.mkdtempSync(path.join(os.tmpdir(), "status-kubectl-"));
        const inPod = `#!/bin/bash\nsed 's#^[.] /scripts/#. ${scripts}/#' | bash -s\n`;
        fs.writeFileSync(path.join(dir, "kubectl"), inPod, { mode: 0o755 });
        const env = { PATH: `${dir}:${process.env.PATH}`, ...this.env };
        const child = spawn("bash", ["-s"], { env });
        let [stdout, stderr] = ["", ""];
        child.stdout.on("data", (text) => (stdout += text));
        child.stderr.on("data", (text) => (stderr += text));
        child.stdin.end(script);
        const status = await new Promise((resolve) => child.on("close", resolve));
        fs.rmSync(dir, { recursive: true });
        return { stdout, ...(status !== 0 && { failure: lastWords(stderr) }) };
    }
}

describe("Elasticsearch, asked in its pod", () => {
    let url: string;
    before(async () => {
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    after(() => server.close());

    it("gets method, path and body as they are, with the pod's login and none from here", async () => {
        const host = new Host({ ...login, ES_URL: url });
        const body = { query: `it's "$HOME" \`id\` \\ \n é` };
        const { answer, seconds } = await new Elasticsearch(host, "master").ask("POST", "/logs/_search?a=1&b='2", body);
        assert.deepEqual(answer, { method: "POST", url: "/logs/_search?a=1&b='2", body: JSON.stringify(body) });
        assert.ok(seconds > 0 && seconds < 10, String(seconds));
        assert.equal(host.runs[0].host, "master");
        assert.match(
            host.runs[0].script,
            /--namespace logging exec --stdin elasticsearch-0 --container elasticsearch /,
        );
        assert.doesNotMatch(host.runs[0].script, /secret/);
    });

    it("sends no body where there is none", async () => {
        const host = new Host({ ...login, ES_URL: url });
        const { answer } = await new Elasticsearch(host, "master").ask("GET", "/_cluster/health");
        assert.deepEqual(answer, { method: "GET", url: "/_cluster/health", body: "" });
    });

    it("fails with its reason, not its JSON, when it refuses", async () => {
        const asked = new Elasticsearch(new Host({ ES_URL: url }), "master").ask("GET", "/_cluster/health");
        await assert.rejects(asked, { message: 'GET /_cluster/health: missing "credentials"' });
    });

    it("fails with the reason of what is between", async () => {
        const nobody = new Elasticsearch(new Host({ ES_URL: "http://127.0.0.1:1" }), "master").ask("GET", "/");
        await assert.rejects(nobody, /^Error: GET \/: curl: .*127\.0\.0\.1/);
        const silent = new StandInShell({ kubectl: { stdout: "", failure: "pods not found" } });
        await assert.rejects(new Elasticsearch(silent, "master").ask("GET", "/"), { message: "pods not found" });
    });
});
