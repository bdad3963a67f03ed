import * as assert from "node:assert/strict";
import * as net from "node:net";
import { utils } from "ssh2";
import { Report } from "../../../rehearsal/toolchain/plugins/command/report";
import { dial } from "../../../rehearsal/toolchain/plugins/command/ssh/connection";
import { Target } from "../../../rehearsal/toolchain/plugins/command/ssh/endpoint";
import { fingerprint, parseHostKey } from "../../../rehearsal/toolchain/plugins/command/ssh/hostKey";
import { StandInServer, freePort, hostKey, otherHostKey, until, userKey } from "./commandServer";

describe("command: a connection", () => {
    const servers: StandInServer[] = [];
    let statuses: string[] = [];
    let report: Report;
    let canceller: AbortController;

    beforeEach(() => {
        statuses = [];
        canceller = new AbortController();
        report = {
            status: (message) => statuses.push(message),
            log: () => assert.fail("nothing to log"),
            cancelled: canceller.signal,
        };
    });
    afterEach(() => servers.splice(0).forEach((server) => server.close()));

    async function start(options: Parameters<typeof StandInServer.start>[0] = {}): Promise<StandInServer> {
        const server = await StandInServer.start(options);
        servers.push(server);
        return server;
    }
    const target = (port: number, more: Partial<Target> = {}): Target => ({
        host: "127.0.0.1",
        port,
        privateKey: userKey.private,
        dialErrorLimit: 0,
        ...more,
    });

    it("is made to a host with the expected key", async () => {
        const server = await start();
        const connection = await dial(target(server.port, { hostKey: `${hostKey.public} root@master` }), report);
        connection.close();
        await assert.rejects(connection.lost);
        assert.deepEqual(statuses, []);
    });

    it("is refused at once to a host with another key, naming both", async () => {
        const server = await start();
        const [shown, expected] = [hostKey, otherHostKey].map((key) => fingerprint(parseHostKey(key.public).blob));
        const refused = dial(target(server.port, { hostKey: otherHostKey.public, dialErrorLimit: -1 }), report);
        await assert.rejects(refused, (error: Error) => {
            assert.match(error.message, /host key mismatch: 127\.0\.0\.1 /);
            assert.ok(error.message.includes(`should show ${expected}`), error.message);
            assert.ok(error.message.includes(`shows ${shown}`), error.message);
            return true;
        });
        assert.deepEqual(statuses, []);
        await until(() => server.connections === 0);
    });

    it("is refused to a host whose key is of another type", async () => {
        const server = await start();
        const { public: ecdsa } = utils.generateKeyPairSync("ecdsa", { bits: 256 });
        const refused = dial(target(server.port, { hostKey: ecdsa }), report);
        await assert.rejects(refused, /should show ecdsa-sha2-nistp256 SHA256:.* shows ssh-ed25519 SHA256:/);
    });

    it("is not tried with a host key or a private key that can't be read", async () => {
        await assert.rejects(dial(target(1, { hostKey: "ssh-ed25519" }), report), /failed to parse host key/);
        await assert.rejects(dial(target(1, { privateKey: "?" }), report), /private key for root@127.0.0.1:1 can't be/);
        const locked = utils.generateKeyPairSync("ed25519", { cipher: "aes256-ctr", passphrase: "open", rounds: 1 });
        await assert.rejects(dial(target(1, { privateKey: locked.private }), report), /can't be read/);
    });

    it("is made by password, and by an encrypted key", async () => {
        const server = await start({ password: "open" });
        (await dial(target(server.port, { privateKey: undefined, password: "open" }), report)).close();
        await assert.rejects(dial(target(server.port, { privateKey: undefined, password: "shut" }), report), /auth/);
    });

    it("is tried again until the host answers", async () => {
        const port = await freePort();
        const dialled = dial(target(port, { dialErrorLimit: -1 }), report);
        await until(() => statuses.length === 2);
        await start({ port });
        (await dialled).close();
        assert.deepEqual(statuses.slice(0, 2), ["Dial 1/inf failed: retrying", "Dial 2/inf failed: retrying"]);
    });

    it("is given up after as many failures as allowed", async () => {
        const port = await freePort();
        const dialled = dial(target(port, { dialErrorLimit: 2 }), report);
        await assert.rejects(dialled, /root@127.0.0.1:\d+ can't be reached: after 2 failed attempts: .*ECONNREFUSED/);
        assert.deepEqual(statuses, ["Dial 1/2 failed: retrying", "Dial 2/2 failed: retrying"]);
    });

    it("is given up when a host takes the connection and says nothing", async () => {
        const silent = net.createServer().listen(0, "127.0.0.1");
        try {
            await until(() => silent.listening);
            const { port } = silent.address() as net.AddressInfo;
            const limits = { handshake: 50, keepalive: 0 };
            await assert.rejects(dial(target(port), report, limits), /Timed out while waiting for handshake/);
        } finally {
            silent.close();
        }
    });

    it("is given up where nobody answers at all", async () => {
        const nowhere = target(22, { host: "192.0.2.1", perDialTimeout: 0.05 });
        await assert.rejects(dial(nowhere, report), /no answer within the 0.05 seconds|UNREACH|REFUSED/);
    });

    it("goes through a proxy, and both hosts' keys are verified", async () => {
        const proxy = await start();
        const server = await start({ hostKey: otherHostKey.private });
        const through = { host: "127.0.0.1", port: proxy.port, privateKey: userKey.private, hostKey: hostKey.public };
        const inside = target(server.port, { hostKey: otherHostKey.public, proxy: through });
        (await dial(inside, report)).close();
        assert.deepEqual(proxy.forwarded, [`127.0.0.1:${server.port}`]);
        await until(() => proxy.connections === 0 && server.connections === 0);

        await assert.rejects(dial({ ...inside, hostKey: hostKey.public }, report), /host key mismatch/);
        const wrongProxy = { ...through, hostKey: otherHostKey.public };
        await assert.rejects(dial({ ...inside, proxy: wrongProxy }, report), /host key mismatch/);
        await until(() => proxy.connections === 0);
    });

    it("waits behind a proxy for a host that isn't up yet", async () => {
        const proxy = await start();
        const port = await freePort();
        const through = { host: "127.0.0.1", port: proxy.port, privateKey: userKey.private };
        const dialled = dial(target(port, { dialErrorLimit: -1, proxy: through }), report);
        await until(() => statuses.length === 1);
        await start({ port });
        (await dialled).close();
        assert.equal(statuses[0], "Dial from proxy 1/inf failed: retrying");
    });

    it("ends when the host no longer answers", async () => {
        const server = await start();
        const { lost } = await dial(target(server.port), report, { handshake: 0, keepalive: 20 });
        server.freeze();
        await assert.rejects(lost, /Keepalive timeout/);
    });

    it("ends when it is cancelled", async () => {
        const server = await start();
        const { lost } = await dial(target(server.port), report);
        canceller.abort(new Error("enough"));
        await assert.rejects(lost, /enough/);
        await until(() => server.connections === 0);
        await assert.rejects(dial(target(server.port), report), /enough/);
    });
});
