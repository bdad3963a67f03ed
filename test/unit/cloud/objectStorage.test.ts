import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { copiesFiles } from "../../../cluster/bucket/copies";
import type { OssRequest } from "../../../rehearsal/cloud/oss/request";
import { type RunningObjectStorage, startObjectStorage } from "../../../rehearsal/cloud/oss/server";
import { authenticate } from "../../../rehearsal/cloud/oss/signature";
import { texts } from "../../../rehearsal/cloud/oss/xml";
import { stackConfig } from "../../sample";
import { Sandbox } from "../cluster/sandbox";
import { type Asked, OssClient } from "./ossClient";

describe("the region's object storage", () => {
    let folder: string;
    let storage: RunningObjectStorage;
    let client: OssClient;
    const key = { id: "rehearsal", secret: "rehearsal" };
    const start = () => startObjectStorage({ host: "127.0.0.1", port: 0, folder, key, buckets: ["backups"] });
    const put = (name: string, body: string) => client.ask("PUT", `/backups/${name}`, { body });

    async function refuses(
        code: string,
        status: number,
        method: string,
        place: string,
        asked: Asked = {},
        by = client,
    ) {
        const answer = await by.ask(method, place, asked);
        assert.deepEqual([texts(answer.body, "Code")[0], answer.status], [code, status], answer.body);
        assert.ok(
            texts(answer.body, "Message")[0] &&
                texts(answer.body, "RequestId")[0] &&
                answer.headers.get("x-amz-request-id"),
        );
    }

    beforeEach(async () => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "oss-"));
        storage = await start();
        client = new OssClient(storage.url);
    });
    afterEach(async () => {
        await storage.close();
        fs.rmSync(folder, { recursive: true });
    });

    it("checks signatures as AWS' documentation computes them", () => {
        const request: OssRequest = {
            method: "GET",
            headers: {
                host: "examplebucket.s3.amazonaws.com",
                range: "bytes=0-9",
                "x-amz-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "x-amz-date": "20130524T000000Z",
                authorization:
                    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request," +
                    "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date," +
                    "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
            },
            path: "/test.txt",
            query: new URLSearchParams(),
            bucket: "examplebucket",
            key: "test.txt",
        };
        const example = { id: "AKIAIOSFODNN7EXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
        const at = new Date("2013-05-24T00:05:00Z");
        assert.equal(authenticate(request, example, at), request.headers["x-amz-content-sha256"]);
        const changed = { ...request, path: "/test.tx" };
        assert.throws(() => authenticate(changed, example, at), { code: "SignatureDoesNotMatch" });
        const late = new Date("2013-05-24T00:16:00Z");
        assert.throws(() => authenticate(request, example, late), { code: "RequestTimeTooSkewed" });
    });

    it("refuses who is not known, who signs otherwise or not at all, and bodies that are not what was signed", async () => {
        await refuses("InvalidAccessKeyId", 403, "GET", "/backups", {}, new OssClient(storage.url, "other"));
        await refuses("SignatureDoesNotMatch", 403, "GET", "/backups", {}, new OssClient(storage.url, key.id, "wrong"));
        const unsigned = await fetch(`${storage.url}/backups`);
        assert.deepEqual([unsigned.status, texts(await unsigned.text(), "Code")], [403, ["AccessDenied"]]);
        const sum = createHash("sha256").update("another").digest("hex");
        await refuses("XAmzContentSHA256Mismatch", 400, "PUT", "/backups/a", { body: "one", sum });
        const md5 = createHash("md5").update("another").digest("base64");
        await refuses("BadDigest", 400, "PUT", "/backups/a", { body: "one", headers: { "content-md5": md5 } });
        const chunks = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
        await refuses("NotImplemented", 501, "PUT", "/backups/a", { body: "one", sum: chunks });
        await refuses("NoSuchKey", 404, "GET", "/backups/a");
    });

    it("gives back what was put, whole or in part, with what was said of it, also after a restart", async () => {
        const headers = { "content-type": "application/json", "x-amz-meta-mtime": "1.5" };
        const { headers: answered } = await client.ask("PUT", "/backups/a b/ü(1).json", {
            body: "0123456789",
            headers,
        });
        const etag = createHash("md5").update("0123456789").digest("hex").toUpperCase();
        assert.equal(answered.get("etag"), `"${etag}"`);
        await storage.close();
        storage = await start();
        client = new OssClient(storage.url);
        const got = await client.ask("GET", "/backups/a b/ü(1).json");
        assert.deepEqual([got.status, got.body], [200, "0123456789"]);
        for (const [name, value] of Object.entries(headers)) assert.equal(got.headers.get(name), value);
        const head = await client.ask("HEAD", "/backups/a b/ü(1).json");
        assert.deepEqual(
            [head.headers.get("content-length"), head.headers.get("etag"), head.body],
            ["10", `"${etag}"`, ""],
        );
        const part = async (range: string) =>
            (await client.ask("GET", "/backups/a b/ü(1).json", { headers: { range } })).body;
        assert.deepEqual(await Promise.all(["bytes=2-4", "bytes=7-", "bytes=-2"].map(part)), ["234", "789", "89"]);
        await refuses("InvalidRange", 416, "GET", "/backups/a b/ü(1).json", { headers: { range: "bytes=10-" } });
        assert.equal((await client.ask("DELETE", "/backups/a b/ü(1).json")).status, 204);
        await refuses("NoSuchKey", 404, "GET", "/backups/a b/ü(1).json");
        assert.deepEqual(fs.readdirSync(path.join(folder, "backups", "bytes")), []);
    });

    it("lists by prefix and delimiter, page by page, in both versions", async () => {
        for (const name of ["dev/a&b", "local/etcd/1", "local/etcd/2", "local/mysql/1", "local/z"])
            await put(name, name);
        const list = async (query: Record<string, string>) => (await client.ask("GET", "/backups", { query })).body;
        const below = await list({ prefix: "local/", delimiter: "/" });
        assert.deepEqual(texts(below, "Key"), ["local/z"]);
        assert.deepEqual(texts(below, "Prefix"), ["local/", "local/etcd/", "local/mysql/"]);
        assert.deepEqual(texts(await list({ prefix: "dev/" }), "Key"), ["dev/a&b"]);
        for (const [version, next, again] of [
            ["1", "NextMarker", "marker"],
            ["2", "NextContinuationToken", "continuation-token"],
        ]) {
            const pages: string[][] = [];
            let page: Record<string, string> = {};
            do {
                const query = { "list-type": version, prefix: "local/", "max-keys": "2", ...page };
                if (version === "1") delete (query as Record<string, string>)["list-type"];
                const answer = await list(query);
                pages.push(texts(answer, "Key"));
                const [token] = texts(answer, next);
                assert.equal(texts(answer, "IsTruncated")[0], String(token !== undefined));
                page = token ? { [again]: token } : {};
            } while (Object.keys(page).length > 0);
            assert.deepEqual(pages, [
                ["local/etcd/1", "local/etcd/2"],
                ["local/mysql/1", "local/z"],
            ]);
        }
    });

    it("makes an object of its parts, and refuses parts that are others or out of order", async () => {
        const begun = await client.ask("POST", "/backups/big", { query: { uploads: "" } });
        const [uploadId] = texts(begun.body, "UploadId");
        const etags: string[] = [];
        for (const [i, body] of ["first ", "second"].entries()) {
            const answer = await client.ask("PUT", "/backups/big", {
                query: { uploadId, partNumber: String(i + 1) },
                body,
            });
            etags.push(answer.headers.get("etag")!);
        }
        const parts = (...numbers: number[]) =>
            numbers.map((n) => `<Part><PartNumber>${n}</PartNumber><ETag>${etags[n - 1]}</ETag></Part>`).join("");
        const complete = (body: string) => ({ query: { uploadId }, body });
        await refuses("InvalidPartOrder", 400, "POST", "/backups/big", complete(parts(2, 1)));
        await refuses("InvalidPart", 400, "POST", "/backups/big", complete(parts(1).replace(etags[0], etags[1])));
        assert.equal((await client.ask("POST", "/backups/big", complete(parts(1, 2)))).status, 200);
        assert.equal((await client.ask("GET", "/backups/big")).body, "first second");
        await refuses("NoSuchUpload", 404, "POST", "/backups/big", complete(parts(1)));
        assert.equal(fs.readdirSync(path.join(folder, "backups", "bytes")).length, 1);
    });

    it("knows its buckets, says what it does not do, and refuses all when that is ordered", async () => {
        assert.equal((await client.ask("HEAD", "/backups")).status, 200);
        assert.equal((await client.ask("PUT", "/another")).status, 200);
        assert.deepEqual(texts((await client.ask("GET", "/")).body, "Name"), ["another", "backups"]);
        await refuses("NoSuchBucket", 404, "GET", "/none");
        await refuses("NoSuchBucket", 404, "PUT", "/none/key", { body: "b" });
        await refuses("InvalidBucketName", 400, "PUT", "/Up");
        await refuses("NotImplemented", 501, "GET", "/backups", { query: { lifecycle: "" } });
        storage.down = true;
        await refuses("ServiceUnavailable", 503, "GET", "/backups");
    });

    const missing = spawnSync("rclone", ["version"]).status !== 0;
    describe(`as rclone uses it${missing ? " (skipped, there is none here: apt-get install rclone)" : ""}`, () => {
        let host: Sandbox;
        const disk = "/var/lib/data/backup";
        const bucket = { name: "backups", accessKeyId: key.id, accessKeySecret: key.secret };

        /** The program of the hosts, with the real rclone and these settings of the stack's bucket. */
        function program(change: object, secret = key.secret): (...args: string[]) => ReturnType<Sandbox["run"]> {
            const files = copiesFiles(stackConfig("dev", { backup: { bucket: { ...bucket, ...change } } }));
            const settings = "/etc/test-cluster/bucket/rclone.conf";
            host.write(settings, `${files[`${settings}.part`]}secret_access_key = ${secret}\n`);
            return (...args) => host.run(`set -- ${args.join(" ")}\n${files["/usr/local/sbin/backup-copies"]}`);
        }

        before(function () {
            // apt-get install rclone
            if (missing) this.skip();
        });
        beforeEach(() => {
            host = new Sandbox();
            for (const dir of [`${disk}/etcd`, `${disk}/mysql`, "/run"])
                fs.mkdirSync(host.at(dir), { recursive: true });
            host.standIn("mountpoint");
            host.standIn("sync");
            for (const tool of ["chown", "df", "rclone"]) {
                host.standIn(tool, `exec $(PATH=/usr/bin:/bin command -v ${tool}) "$@"`);
            }
            const name = "etcd-20260102T030405Z";
            const body = randomBytes(100_000);
            const sum = createHash("sha256").update(body).digest("hex");
            const manifest = { name, kind: "etcd", stack: "dev", bytes: body.length, sha256: sum };
            host.write(`${disk}/etcd/${name}.sealed`, body);
            host.write(`${disk}/etcd/${name}.json`, `${JSON.stringify(manifest)}\n`);
        });
        afterEach(() => host?.remove());

        it("takes copies in by path, replaces none, and gives them back, the same", async () => {
            const copies = program({ endpoint: storage.url });
            const pushed = await copies("push");
            assert.equal(pushed.status, 0, pushed.stderr);
            assert.equal((await copies("push")).stdout, "");
            assert.match((await copies("check")).stdout, /^copies 1 100\d\d\d 2026-01-02T03:04:05Z$/m);
            const sealed = `${disk}/etcd/etcd-20260102T030405Z.sealed`;
            const before = fs.readFileSync(host.at(sealed));
            fs.rmSync(host.at(`${disk}/etcd`), { recursive: true });
            fs.mkdirSync(host.at(`${disk}/etcd`));
            const pulled = await copies("pull");
            assert.equal(pulled.status, 0, pulled.stderr);
            assert.ok(before.equals(fs.readFileSync(host.at(sealed))));
            await client.ask("DELETE", "/backups/dev/etcd/etcd-20260102T030405Z.json");
            await client.ask("PUT", "/backups/dev/etcd/etcd-20260102T030405Z.sealed", { body: "another" });
            const differs = await copies("push");
            assert.equal(differs.status, 1);
            assert.match(differs.stderr, /immutable file modified/);
            const kept = await client.ask("GET", "/backups/dev/etcd/etcd-20260102T030405Z.sealed");
            assert.equal(kept.body, "another");
        });

        it("takes them in by the bucket's own name, as OSS demands, here through a proxy", async () => {
            host.standIn("rclone", `http_proxy=${storage.url} exec /usr/bin/rclone "$@"`);
            const copies = program({ endpoint: "http://oss-cn-hangzhou-internal.aliyuncs.com" });
            const { status, stderr } = await copies("push");
            assert.equal(status, 0, stderr);
            assert.equal((await client.ask("HEAD", "/backups/dev/etcd/etcd-20260102T030405Z.json")).status, 200);
        });

        it("takes large ones in by parts", async () => {
            host.standIn("rclone", `exec /usr/bin/rclone --s3-upload-cutoff 0 "$@"`);
            const body = randomBytes(6 * 2 ** 20);
            const name = "etcd-20260103T030405Z";
            const sum = createHash("sha256").update(body).digest("hex");
            host.write(`${disk}/etcd/${name}.sealed`, body);
            host.write(
                `${disk}/etcd/${name}.json`,
                `${JSON.stringify({ name, stack: "dev", sha256: sum, bytes: 1 })}\n`,
            );
            const { status, stderr } = await program({ endpoint: storage.url })("push");
            assert.equal(status, 0, stderr);
            const { headers } = await client.ask("HEAD", `/backups/dev/etcd/${name}.sealed`);
            assert.match(headers.get("etag")!, /-2"$/);
            assert.equal(headers.get("content-length"), String(body.length));
        });

        it("says why it refuses: a wrong secret, no such bucket, out of order", async () => {
            const wrong = await program({ endpoint: storage.url }, "wrong")("check");
            assert.match(
                wrong.stderr,
                /the bucket backups can't be used: SignatureDoesNotMatch: .* status code: 403$/m,
            );
            const none = await program({ endpoint: storage.url, name: "none" })("check");
            assert.match(none.stderr, /^there is no bucket none$/m);
            storage.down = true;
            const down = await program({ endpoint: storage.url })("check");
            assert.equal(down.status, 1);
            assert.match(
                down.stderr,
                /the bucket backups can't be used: ServiceUnavailable|gave no answer within 10 s/,
            );
        });
    });
});
