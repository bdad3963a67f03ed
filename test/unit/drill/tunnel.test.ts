import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as http from "node:http";
import * as os from "node:os";
import * as path from "node:path";
import { SocketApi, Tunnel } from "../../../operations/drill/tunnel";
import { waitFor } from "../../../operations/status/wait";

describe("a way past the Kubernetes API", () => {
    let dir: string;
    const before = process.env.PATH;
    beforeEach(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), "tunnel-"))));
    afterEach(() => {
        process.env.PATH = before;
        fs.rmSync(dir, { recursive: true, force: true });
    });

    it("asks a server behind a socket, and does not wait for ever", async () => {
        const socket = path.join(dir, "server.sock");
        const server = http.createServer((request, response) => {
            if (request.url === "/slow") return;
            response.statusCode = 404;
            response.end(`${request.method} ${request.headers.accesstoken}`);
        });
        await new Promise<void>((resolve) => server.listen(socket, resolve));
        try {
            const answer = await new SocketApi(socket, 1).request("GET", "/", { headers: { accessToken: "t" } });
            assert.deepEqual(answer, { status: 404, body: "GET t" });
            await assert.rejects(new SocketApi(socket, 0.1).request("GET", "/slow"), /no answer within 0.1 s/);
        } finally {
            server.closeAllConnections();
            server.close();
        }
        await assert.rejects(new SocketApi(path.join(dir, "none.sock"), 1).request("GET", "/"), /ENOENT/);
    });

    it("is opened again when it ends, until it is closed", async () => {
        const text = `#!/bin/bash
# Stand-in for ssh: makes the sockets' files, and ends at once the first time.
printf '%s\\n' "$*" >>${dir}/calls
touch ${dir}/mysql.sock ${dir}/nacos.sock
(( $(wc -l <${dir}/calls) == 1 )) || exec sleep 60
`;
        fs.writeFileSync(path.join(dir, "ssh"), text, { mode: 0o755 });
        process.env.PATH = `${dir}:${before}`;
        const tunnel = new Tunnel("config", "master", dir, { mysql: "10.96.0.1:3306", nacos: "10.96.0.2:8848" });
        const calls = () => fs.readFileSync(path.join(dir, "calls"), "utf8").trim().split("\n");
        try {
            await tunnel.ready(5);
            await waitFor(async () => calls().length === 2, 5, "it was not opened again");
            const forward = `-L ${dir}/mysql.sock:10.96.0.1:3306 -L ${dir}/nacos.sock:10.96.0.2:8848 master`;
            assert.ok(calls().every((call) => call.startsWith("-F config ") && call.endsWith(forward)));
        } finally {
            tunnel.close();
        }
    });
});
