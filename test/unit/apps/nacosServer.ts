import { execFileSync } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import type { Connection, Place } from "../../../apps/nacos/api";
import { json, listener, type Request } from "../../../rehearsal/standins/http";
import { api } from "../../../rehearsal/standins/nacos/api";
import { readSettings } from "../../../rehearsal/standins/nacos/settings";
import { createAdmin } from "../../../rehearsal/standins/nacos/users";
import { MemoryStore } from "../standins/memoryStore";
import { environment } from "../standins/nacosEnvironment";

const proxy = "/api/v1/namespaces/nacos/services/nacos:8848/proxy";
const password = "SECRET-admin";

/** A certificate for 127.0.0.1 that is its own authority, for both ends; PEM. */
function certificate(): { certificate: string; key: string } {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), "certificate-"));
    const [key, file] = [path.join(dir, "key"), path.join(dir, "certificate")];
    const made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=stand-in";
    const output = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", file];
    execFileSync("openssl", [...made.split(" "), ...output], { stdio: "pipe" });
    const both = { certificate: fs.readFileSync(file, "utf8"), key: fs.readFileSync(key, "utf8") };
    fs.rmSync(dir, { recursive: true });
    return both;
}

/** Stand-in for the Kubernetes API with Nacos' stand-in behind its proxy of services, on tables in memory. */
export class NacosServer {
    readonly store = new MemoryStore();
    /** What was asked, such as `GET /v3/admin/cs/config`, and the addresses in full. */
    asked: string[] = [];
    addresses: string[] = [];
    /** What comes instead, while it is set: the API's word that nobody is behind it, or nothing at all. */
    failure?: "unavailable" | "silent";
    /** Done once, before the next publication is looked at. */
    beforePublication?: () => void;
    connection!: Connection;
    private server!: https.Server;
    private readonly nacos = api(readSettings(environment), this.store, () => {});

    async start(): Promise<this> {
        await createAdmin(this.store, password);
        const { certificate: cert, key } = certificate();
        const options = { cert, key, ca: cert, requestCert: true, rejectUnauthorized: true };
        const handler = (request: Request) => this.answer(request);
        this.server = https.createServer(options, (incoming, response) => {
            this.addresses.push(incoming.url!);
            if (this.failure !== "silent") listener(handler, () => {})(incoming, response);
        });
        await once(this.server.listen(0, "127.0.0.1"), "listening");
        const base64 = (text: string) => Buffer.from(text).toString("base64");
        this.connection = {
            server: `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`,
            authority: base64(cert),
            certificate: base64(cert),
            key: base64(key),
            password,
        };
        return this;
    }

    async stop(): Promise<void> {
        this.server.closeAllConnections();
        this.server.close();
        await once(this.server, "close");
    }

    /** Forgets all configurations and namespaces, and what was asked. */
    clear(): void {
        Object.assign(this.store.rows, { configs: [], history: [], namespaces: [] });
        Object.assign(this, { asked: [], addresses: [], failure: undefined, beforePublication: undefined });
    }

    /** The content of a configuration. */
    live(place: Place): string | undefined {
        return this.store.rows.configs.find((row) => same(row, place))?.content;
    }

    /** What somebody does by hand: undefined deletes. */
    byHand(place: Place, content?: string): void {
        const { configs } = this.store.rows;
        const index = configs.findIndex((row) => same(row, place));
        if (content === undefined) configs.splice(index, 1);
        else configs[index] = { ...configs[index], content, md5: "f".repeat(32) };
    }

    /** What was written, of all that was asked. */
    get written(): string[] {
        return this.asked.filter((line) => !line.startsWith("GET") && !line.endsWith("login"));
    }

    private answer(request: Request) {
        if (this.failure || !request.path.startsWith(proxy))
            return json({ kind: "Status", message: "no endpoints available for service" }, 503);
        const path = request.path.slice(proxy.length);
        const action = `${request.method} ${path.slice("/nacos".length)}`;
        this.asked.push(action);
        if (action === "POST /v3/admin/cs/config") {
            this.beforePublication?.();
            this.beforePublication = undefined;
        }
        return this.nacos({ ...request, path });
    }
}

const same = (a: Place, b: Place) => a.namespace === b.namespace && a.group === b.group && a.dataId === b.dataId;
