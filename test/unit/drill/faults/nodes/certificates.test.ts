import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import type { Context } from "../../../../../operations/drill/drill";
import { certificatesExpired } from "../../../../../operations/drill/faults/nodes/certificates";
import type { Scene } from "../../../../../operations/drill/faults/fault";
import { script } from "../../../../../operations/drill/faults/script";
import { Sandbox } from "../../../cluster/sandbox";
import { StandInShell } from "../../../status/standins";

const pki = "/etc/kubernetes/pki";
const names = "subjectAltName=DNS:kubernetes.default.svc,IP:10.96.0.1,IP:192.0.2.10";

describe("a certificate of the API server that has ended", () => {
    let host: Sandbox;
    const openssl = (...args: string[]) =>
        execFileSync("openssl", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    const at = (name: string) => host.at(`${pki}/${name}`);
    const has = (...what: string[]) => openssl("x509", "-in", at("apiserver.crt"), "-noout", ...what);

    beforeEach(() => {
        host = new Sandbox();
        host.write(`${pki}/ca.key`, "");
        const made = ["-newkey", "rsa:2048", "-nodes", "-keyout"];
        openssl("req", "-x509", ...made, at("ca.key"), "-subj", "/CN=kubernetes", "-days", "9", "-out", at("ca.crt"));
        const request = [...made, at("apiserver.key"), "-subj", "/CN=kube-apiserver", "-addext", names];
        openssl("req", ...request, "-addext", "extendedKeyUsage=serverAuth", "-out", at("request"));
        const signed = ["-CA", at("ca.crt"), "-CAkey", at("ca.key"), "-set_serial", "7", "-copy_extensions", "copyall"];
        openssl("x509", "-req", "-in", at("request"), ...signed, "-days", "9", "-out", at("apiserver.crt"));
        fs.rmSync(at("request"));
    });
    afterEach(() => host.remove());

    const subject = ["-subject", "-issuer", "-pubkey", "-ext", "subjectAltName,extendedKeyUsage"];

    it("is the same but for its end, by the same authority; what was there comes back, and nothing else stays", async () => {
        const before = fs.readFileSync(at("apiserver.crt"), "utf8");
        const files = fs.readdirSync(host.at(pki)).sort();
        const was = has(...subject);
        const { status, stderr } = await host.run(script("expire"));
        assert.equal(status, 0, stderr);
        assert.equal(has(...subject), was);
        assert.throws(() => has("-checkend", "0"));
        assert.throws(() => openssl("verify", "-CAfile", at("ca.crt"), at("apiserver.crt")));
        openssl("verify", "-no_check_time", "-CAfile", at("ca.crt"), at("apiserver.crt"));
        assert.equal((await host.run(script("expire"))).status, 1, "not over what an earlier drill has put aside");
        for (let times = 0; times < 2; times++) assert.equal((await host.run(script("unexpire"))).status, 0);
        assert.equal(fs.readFileSync(at("apiserver.crt"), "utf8"), before);
        assert.deepEqual(fs.readdirSync(host.at(pki)).sort(), files);
    });

    it("is not put back over one that was renewed", async () => {
        const valid = fs.readFileSync(at("apiserver.crt"), "utf8");
        assert.equal((await host.run(script("expire"))).status, 0);
        fs.writeFileSync(at("apiserver.crt"), `renewed\n${valid}`);
        assert.equal((await host.run(script("unexpire"))).status, 0);
        assert.match(fs.readFileSync(at("apiserver.crt"), "utf8"), /^renewed/);
        assert.equal(fs.existsSync(at("apiserver.crt.drill-away")), false);
    });

    it("is noticed by a client without a connection, and by no other refusal; the renewal repairs it", async () => {
        const shell = new StandInShell({ "get --raw": { stdout: "", failure: "connection refused" } });
        const scene = { context: { shell } as unknown as Context, host: "master" } as Scene;
        assert.equal(await certificatesExpired.noticed!(scene), undefined);
        assert.equal(await certificatesExpired.missing!(scene), "connection refused");
        const said = "tls: failed to verify certificate: x509: certificate has expired or is not yet valid";
        shell.says["get --raw"] = { stdout: "", failure: said };
        assert.equal(await certificatesExpired.noticed!(scene), `kubectl: ${said}`);
        shell.says["get --raw"] = { stdout: "" };
        assert.equal(await certificatesExpired.missing!(scene), undefined);
        shell.says["systemctl start renew-certificates"] = { stdout: "", failure: "it has failed" };
        await assert.rejects(certificatesExpired.repair!.run(scene), /^Error: master: it has failed$/);
        assert.equal(shell.runs.at(-1)!.script, "systemctl start renew-certificates\n");
    });
});
