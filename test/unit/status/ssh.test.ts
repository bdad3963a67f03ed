import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { lastWords, Ssh } from "../../../operations/status/ssh";
import { hostKey, StandInServer, userKey } from "../plugins/commandServer";

describe("a host over SSH", () => {
    let dir: string;
    let server: StandInServer;
    let ssh: Ssh;

    before(async () => {
        dir = fs.mkdtempSync(path.join(os.tmpdir(), "status-ssh-"));
        server = await StandInServer.start();
        const write = (name: string, text: string) => {
            fs.writeFileSync(path.join(dir, name), text, { mode: 0o600 });
            return path.join(dir, name);
        };
        const known = write("known_hosts", `[127.0.0.1]:${server.port} ${hostKey.public}\n`);
        const common = `Host *\n  User root\n  IdentityFile ${write("key", userKey.private)}\n  LogLevel ERROR\n`;
        const there = `Host there\n  HostName 127.0.0.1\n  Port ${server.port}\n  UserKnownHostsFile ${known}\n`;
        const nowhere = "Host nowhere\n  HostName 127.0.0.1\n  Port 1\n";
        ssh = new Ssh(write("config", there + nowhere + common));
    });
    after(() => {
        server.close();
        fs.rmSync(dir, { recursive: true, force: true });
    });

    it("runs a script and says when it began to answer", async () => {
        const said = await ssh.run("there", "echo first; echo second", 10);
        assert.deepEqual({ ...said, seconds: 0 }, { stdout: "first\nsecond\n", seconds: 0 });
        assert.ok(said.seconds! > 0 && said.seconds! < 10);
    });

    it("says the last words of a script that fails, and what it said before", async () => {
        const { stdout, failure } = await ssh.run("there", "echo memory 1 2; echo 'disk full' >&2; exit 3", 10);
        assert.deepEqual([stdout, failure], ["memory 1 2\n", "disk full"]);
        assert.equal((await ssh.run("there", "exit 3", 10)).failure, "status 3");
    });

    it("has no more time than it is given, and what it said by then counts", async () => {
        const { stdout, failure } = await ssh.run("there", "echo memory 1 2; exec sleep 60", 1);
        assert.deepEqual([stdout, failure], ["memory 1 2\n", "there gave no answer over SSH within 1 s"]);
    });

    it("says why it can't be reached", async () => {
        const { failure, seconds } = await ssh.run("nowhere", "true", 10);
        assert.match(failure!, /connect to host 127\.0\.0\.1 port 1: Connection refused/);
        assert.equal(seconds, undefined);
    });

    it("gives a connection from there, which says why it breaks", async () => {
        const echo = net.createServer((socket) => socket.pipe(socket));
        await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", resolve));
        after(() => echo.close());
        const wire = ssh.connect("there", `127.0.0.1:${(echo.address() as net.AddressInfo).port}`, 10);
        wire.write(Buffer.from("hello"));
        assert.equal((await wire.chunks.next()).value?.toString(), "hello");
        wire.close();
        await assert.rejects(
            ssh.connect("there", "127.0.0.1:1", 10).chunks.next(),
            /^Error: channel 0: open failed.*; stdio forwarding failed$/,
        );
        await assert.rejects(ssh.connect("nowhere", "127.0.0.1:1", 10).chunks.next(), /Connection refused/);
    });

    it("leaves kubectl's own last line out", () => {
        assert.equal(lastWords("ERROR 1290\ncommand terminated with exit code 1\n"), "ERROR 1290");
        assert.equal(lastWords(""), "");
    });
});
