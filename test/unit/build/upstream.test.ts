import * as assert from "node:assert/strict";
import { once } from "node:events";
import { IncomingMessage, Server, ServerResponse, createServer } from "node:http";
import { AddressInfo } from "node:net";
import * as path from "node:path";

import { Upstream } from "../../../rehearsal/mirror/upstream";
import { TestMirror, testMirror } from "./mirror";

describe("the mirror's cache of other archives", () => {
    let origin: Server;
    let mirror: TestMirror;
    let asked: string[];
    let release: string;

    beforeEach(async () => {
        asked = [];
        release = "first";
        origin = createServer((request, response) => {
            asked.push(request.url!);
            if (request.url!.endsWith("/InRelease")) {
                const etag = `"${release}"`;
                if (request.headers["if-none-match"] === etag) response.writeHead(304).end();
                else response.writeHead(200, { ETag: etag }).end(release);
            } else if (request.url!.endsWith(".deb")) response.end(`content of ${request.url}`);
            else response.writeHead(404).end();
        });
        origin.listen(0, "127.0.0.1");
        await once(origin, "listening");
        const archive = `http://127.0.0.1:${(origin.address() as AddressInfo).port}/mirrors/debian/`;
        mirror = await testMirror(async () => ({ archives: { debian: archive } }));
    });
    afterEach(async () => {
        await mirror.close();
        await stop();
    });

    async function stop(): Promise<void> {
        if (!origin.listening) return;
        origin.close();
        origin.closeAllConnections();
        await once(origin, "close");
    }

    const get = async (name: string) => {
        const response = await fetch(`${mirror.url}/debian/${name}`);
        return { status: response.status, text: await response.text() };
    };

    it("downloads a package once, however many ask at once and later, and without the origin too", async () => {
        const name = "pool/main/libs/libstdc%2b%2b6_12.2.0-14%2bdeb12u1_amd64.deb";
        const answers = await Promise.all([get(name), get(name), get(name)]);
        await stop();
        for (const answer of [...answers, await get(name)])
            assert.deepEqual(answer, { status: 200, text: `content of /mirrors/debian/${name}` });
        assert.deepEqual(asked, [`/mirrors/debian/${name}`]);
    });

    it("asks each time for what can change, and serves the last one when the origin is gone", async () => {
        assert.equal((await get("dists/bookworm/InRelease")).text, "first");
        assert.equal((await get("dists/bookworm/InRelease")).text, "first");
        release = "second";
        assert.equal((await get("dists/bookworm/InRelease")).text, "second");
        assert.equal(asked.length, 3);
        await stop();
        assert.deepEqual(await get("dists/bookworm/InRelease"), { status: 200, text: "second" });
    });

    it("refuses content that is not what its address says", async () => {
        const forged = `dists/bookworm/main/by-hash/SHA256/${"0".repeat(64)}`;
        origin.removeAllListeners("request");
        origin.on("request", (_, response) => response.end("other"));
        const answer = await get(forged);
        assert.equal(answer.status, 502);
        assert.match(answer.text, /its digest is sha256:.*, not sha256:000/);
        assert.equal((await get(forged)).status, 502, "and does not keep it");
    });

    it("passes a refusal on, keeps none, and logs it", async () => {
        const answer = await get("pool/nothing.tar.xz");
        assert.equal(answer.status, 404);
        assert.match(answer.text, /mirrors\/debian\/pool\/nothing\.tar\.xz: answered 404/);
        assert.match(mirror.log[0], /^GET \/debian\/pool\/nothing\.tar\.xz: /);
        await stop();
        assert.equal((await get("pool/nothing.tar.xz")).status, 502);
    });

    it("gets the anonymous token that a registry asks for, and the digest that it gives", async () => {
        const { port } = origin.address() as AddressInfo;
        const digest = `sha256:${"a".repeat(64)}`;
        origin.removeAllListeners("request");
        origin.on("request", (request: IncomingMessage, response: ServerResponse) => {
            asked.push(request.url!);
            const realm = `http://127.0.0.1:${port}/token`;
            if (request.url!.startsWith("/token")) response.end(JSON.stringify({ token: "anonymous" }));
            else if (request.headers.authorization !== "Bearer anonymous")
                response
                    .writeHead(401, {
                        "WWW-Authenticate": `Bearer realm="${realm}",service="s",scope="repository:a:pull"`,
                    })
                    .end();
            else response.writeHead(200, { "Content-Type": "a/manifest", "Docker-Content-Digest": digest }).end("{}");
        });
        const upstream = new Upstream(path.join(mirror.dir, "registry"));
        const cached = await upstream.get(`http://127.0.0.1:${port}/v2/a/manifests/v1`, { immutable: false });
        assert.deepEqual([cached.contentType, cached.digest], ["a/manifest", digest]);
        assert.deepEqual(asked, [
            "/v2/a/manifests/v1",
            "/token?service=s&scope=repository%3Aa%3Apull",
            "/v2/a/manifests/v1",
        ]);
    });

    it("does not leave its folders, nor fetch hosts that it was not told to", async () => {
        assert.equal((await get("..%2f..%2fetc/passwd")).status, 400);
        const other = await fetch(`${mirror.url}/example.com/file`);
        assert.equal(other.status, 404);
        assert.match(await other.text(), /example\.com\/file: not in this mirror; it has debian/);
    });
});
