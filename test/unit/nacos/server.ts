import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import * as fs from "node:fs";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import type { Connection } from "../../../apps/nacos/api";

const prefix = "/api/v1/namespaces/nacos/services/nacos:8848/proxy/nacos/v3";
const token = "a-token";

/** A certificate for 127.0.0.1 that is its own authority, for both ends; PEM. */
function certificate(): { certificate: string; key: string } {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), "certificate-"));
    const [key, file] = [path.join(dir, "key"), path.join(dir, "certificate")];
    const made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=stand-in";
    execFileSync(
        "openssl",
        [...made.split(" "), "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", file],
        {
            stdio: "pipe",
        },
    );
    const both = { certificate: fs.readFileSync(file, "utf8"), key: fs.readFileSync(key, "utf8") };
    fs.rmSync(dir, { recursive: true });
    return both;
}

/** Stand-in for the Kubernetes API with Nacos behind its proxy of services: what the stack asks of both, and state. */
export class NacosServer {
    /** By `namespace/group/dataId`. */
    readonly configs = new Map<string, string>();
    readonly types = new Map<string, string>();
    readonly namespaces = new Set<string>();
    /** Everything that was asked, such as `GET admin/cs/config`, and the addresses in full. */
    readonly asked: string[] = [];
    readonly urls: string[] = [];
    /** What is answered instead, while it is set: Nacos is down, or the API does not answer at all. */
    failure?: "unavailable" | "silent";
    /** Done once, before the next publication is looked at. */
    beforePublication?: () => void;
    connection!: Connection;
    private server!: https.Server;

    async start(port = 0): Promise<this> {
        const { certificate: cert, key } = certificate();
        const options = { cert, key, ca: cert, requestCert: true, rejectUnauthorized: true };
        this.server = https.createServer(options, (request, response) => {
            let body = "";
            request.on("data", (chunk: Buffer) => (body += chunk));
            request.on("end", () => {
                const url = new URL(request.url!, "https://stand-in");
                const given = {
                    ...Object.fromEntries(url.searchParams),
                    ...Object.fromEntries(new URLSearchParams(body)),
                };
                this.urls.push(request.url!);
                if (this.failure === "silent") return;
                const [status, answer] = this.answer(request.method!, url.pathname, given, request.headers);
                response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
            });
        });
        await once(this.server.listen(port, "127.0.0.1"), "listening");
        const base64 = (text: string) => Buffer.from(text).toString("base64");
        this.connection = {
            server: `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`,
            authority: base64(cert),
            certificate: base64(cert),
            key: base64(key),
            password: "SECRET-admin",
        };
        return this;
    }

    async stop(): Promise<void> {
        this.server.closeAllConnections();
        this.server.close();
        await once(this.server, "close");
    }

    /** What was written, of all that was asked. */
    get written(): string[] {
        return this.asked.filter((line) => !line.startsWith("GET") && !line.endsWith("login"));
    }

    private answer(
        method: string,
        pathname: string,
        given: Record<string, string>,
        headers: https.RequestOptions["headers"] & object,
    ): [number, unknown] {
        if (this.failure || !pathname.startsWith(prefix))
            return [503, { kind: "Status", message: "no endpoints available for service" }];
        const action = `${method} ${pathname.slice(prefix.length + 1)}`;
        this.asked.push(action);
        if (action === "POST auth/user/login") {
            const right = given.username === "nacos" && given.password === this.connection.password;
            return right ? [200, { accessToken: token }] : [403, "User not found!"];
        }
        if ((headers as Record<string, string>).accesstoken !== token)
            return [403, { message: "authorization failed!" }];
        const place = `${given.namespaceId}/${given.groupName}/${given.dataId}`;
        const live = this.configs.get(place);
        const md5 = (text: string) => createHash("md5").update(text).digest("hex");
        const good = (data: unknown): [number, unknown] => [200, { code: 0, message: "success", data }];
        switch (action) {
            case "GET admin/cs/config":
                return live === undefined
                    ? [404, { code: 20004, message: "resource not found" }]
                    : good({ content: live, md5: md5(live) });
            case "POST admin/cs/config": {
                this.beforePublication?.();
                this.beforePublication = undefined;
                const now = this.configs.get(place);
                const cas = (headers as Record<string, string>).casmd5;
                if (cas && now !== undefined && cas !== md5(now))
                    return [500, { code: 20005, message: "resource conflict" }];
                this.configs.set(place, given.content);
                this.types.set(place, given.type);
                return good(true);
            }
            case "DELETE admin/cs/config":
                this.configs.delete(place);
                return good(true);
            case "POST admin/core/namespace":
                if (this.namespaces.has(given.namespaceId)) return [400, { code: 22002, message: "already exist" }];
                this.namespaces.add(given.namespaceId);
                return good(true);
            default:
                return [404, { message: `the stand-in has no ${action}` }];
        }
    }
}
