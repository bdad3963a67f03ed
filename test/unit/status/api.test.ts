import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import type { TLSSocket } from "node:tls";
import { dump } from "js-yaml";
import { ask, KubernetesApi, proxied } from "../../../operations/status/api";

describe("the Kubernetes API", () => {
    let dir: string;
    let server: https.Server;
    let api: KubernetesApi;
    let kubeconfig: (port: number) => string;

    before(async () => {
        dir = fs.mkdtempSync(path.join(os.tmpdir(), "status-api-"));
        const [key, cert] = ["key", "cert"].map((name) => path.join(dir, name));
        const subject = ["-subj", "/CN=stand-in", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "1"];
        const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
        execFileSync("openssl", ["req", "-x509", ...curve, "-keyout", key, "-out", cert, ...subject], {
            stdio: "ignore",
        });
        const [keyText, certText] = [key, cert].map((file) => fs.readFileSync(file));
        const data = (text: Buffer) => text.toString("base64");
        server = https.createServer(
            { key: keyText, cert: certText, ca: certText, requestCert: true },
            (request, response) => {
                const known = (request.socket as TLSSocket).authorized;
                response.statusCode = known && request.url !== "/no" ? 200 : 403;
                response.end(JSON.stringify(known ? { message: `to ${request.url}` } : { message: "who are you" }));
            },
        );
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        kubeconfig = (port) =>
            dump({
                clusters: [
                    { cluster: { server: `https://127.0.0.1:${port}`, "certificate-authority-data": data(certText) } },
                ],
                users: [{ user: { "client-certificate-data": data(certText), "client-key-data": data(keyText) } }],
            });
        api = new KubernetesApi(kubeconfig((server.address() as AddressInfo).port));
    });
    after(() => {
        api.close();
        server.closeAllConnections();
        server.close();
        fs.rmSync(dir, { recursive: true, force: true });
    });

    it("is asked with the kubeconfig's certificate", async () => {
        assert.deepEqual(await ask(api, "GET", "/api/v1/nodes?limit=1"), { message: "to /api/v1/nodes?limit=1" });
    });

    it("shows until when its certificate is valid, which is a day here, also on a connection that is used again", async () => {
        for (let times = 0; times < 2; times++) {
            const { certificateUntil } = await api.request("GET", "/readyz");
            const hours = (certificateUntil!.getTime() - Date.now()) / 3_600_000;
            assert.ok(hours > 23 && hours < 25, String(hours));
        }
    });

    it("refuses in its own words", async () => {
        await assert.rejects(ask(api, "GET", "/no"), /^Error: GET \/no: 403 to \/no$/);
    });

    it("is said to be unreachable in a line", async () => {
        const closed = new KubernetesApi(kubeconfig(1));
        await assert.rejects(closed.request("GET", "/readyz"), /^Error: https:\/\/127\.0\.0\.1:1: connection refused$/);
    });

    it("leads to services", () => {
        const place = "/api/v1/namespaces/logging/services/kibana:5601/proxy/api/status";
        assert.equal(proxied("logging", "kibana", 5601, "/api/status"), place);
    });
});
