import { strict as assert } from "node:assert";
import { dump } from "js-yaml";
import { apiServer } from "../../../cluster/kubeconfig";

describe("a kubeconfig", () => {
    it("says where the API server is, who vouches for it, and who asks", () => {
        const text = dump({
            apiVersion: "v1",
            kind: "Config",
            clusters: [
                { name: "c", cluster: { server: "https://192.0.2.10:6443", "certificate-authority-data": "Q0E=" } },
            ],
            users: [{ name: "u", user: { "client-certificate-data": "Q0VSVA==", "client-key-data": "S0VZ" } }],
        });
        assert.deepEqual(apiServer(text), {
            server: "https://192.0.2.10:6443",
            authority: "Q0E=",
            certificate: "Q0VSVA==",
            key: "S0VZ",
        });
    });
});
