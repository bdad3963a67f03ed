import * as assert from "node:assert/strict";
import { all, run, type Deployment } from "./engine";

for (const stack of ["dev", "local"]) {
    describe(`secrets of the ${stack} stack`, () => {
        let deployment: Deployment;
        before(async () => {
            deployment = await run({ stack });
        });

        it("are generated: keys, passwords, and the key that encrypts Secrets", () => {
            const generated = all(deployment, "Command").filter(
                ({ secretOutputs, type }) => type.startsWith("command:local:") && secretOutputs.length,
            );
            assert.deepEqual(generated.map(({ name }) => name).sort(), [
                "backup",
                ...(stack === "dev" ? ["elasticsearch-elastic", "elasticsearch-kibana", "elasticsearch-logstash"] : []),
                "etcd-backup",
                "join",
                "master-identity",
                "mysql-backup",
                "mysql-nacos",
                "mysql-root",
                "nacos-admin",
                "nacos-identity",
                "nacos-token",
                "node-01-identity",
                "node-02-identity",
                "operator",
                "secrets-encryption",
            ]);
        });

        it("are protected as the data disks are, where they encrypt what outlives the stack with those", () => {
            const kept = all(deployment, "Command").filter(({ protect }) => protect);
            const keys = ["backup", "secrets-encryption"].filter(() => stack === "dev");
            assert.deepEqual(kept.map(({ name }) => name).sort(), keys);
        });

        it("are in no input that is not a secret", () => {
            for (const { type, name, plain } of deployment.resources) {
                assert.doesNotMatch(JSON.stringify(plain), /SECRET/, `${type} ${name}`);
            }
            // The search finds what it looks for: they are in inputs that are.
            assert.match(JSON.stringify(deployment.resources.map(({ inputs }) => inputs)), /SECRET-mysql-root/);
        });

        it("are in no output that is not a secret, and the secret outputs have them", () => {
            assert.doesNotMatch(JSON.stringify(deployment.plainOutputs), /SECRET/);
            const secret = Object.keys(deployment.plainOutputs).filter(
                (key) => deployment.plainOutputs[key] === "[secret]",
            );
            // Where security is off there is no password to hide.
            const elastic = stack === "dev" ? ["elasticPassword"] : [];
            assert.deepEqual(secret.sort(), [
                "backupKey",
                ...elastic,
                "kubeconfig",
                "mysqlRootPassword",
                "nacosPassword",
                "operatorKey",
            ]);
            assert.match(String(deployment.outputs.kubeconfig), /SECRET-kubeconfig/);
            assert.equal(deployment.outputs.mysqlRootPassword, "SECRET-mysql-root");
            assert.match(String(deployment.outputs.operatorKey), /SECRET-operator/);
        });

        it("are not logged by the commands that print them", () => {
            const printing = all(deployment, "Command").filter(({ secretOutputs }) => secretOutputs.includes("stdout"));
            assert.ok(printing.length > 8);
            for (const { name, inputs } of printing) {
                assert.ok(["none", "stderr"].includes(inputs.logging), `${name} logs ${inputs.logging}`);
            }
        });

        it("reach hosts by standard input, not in a script", () => {
            for (const { name, inputs } of all(deployment, "Command")) {
                const scripts = [inputs.create, inputs.update, inputs.delete].join("\n");
                assert.doesNotMatch(scripts, /SECRET/, name);
            }
        });

        it("are made once: nothing that changes makes them again", () => {
            for (const { name, inputs } of all(deployment, "Command").filter(
                ({ inputs }) => inputs.logging === "none",
            )) {
                assert.equal(inputs.triggers, undefined, name);
                assert.equal(inputs.environment, undefined, name);
            }
        });
    });
}

describe("outputs of the stack", () => {
    it("are where things are and how to log in", async () => {
        const { outputs } = await run();
        assert.deepEqual(outputs.hosts, [
            { name: "master", role: "control-plane", address: "10.20.0.10", publicAddress: "192.0.2.10" },
            { name: "node-01", role: "worker", address: "10.20.0.11", publicAddress: "192.0.2.11" },
            { name: "node-02", role: "worker", address: "10.20.0.12", publicAddress: "192.0.2.12" },
        ]);
        assert.equal(outputs.kubernetesApi, "https://192.0.2.10:6443");
        assert.equal(outputs.login, "npm run ssh -- master");
        assert.deepEqual(String(outputs.knownHosts).split("\n").length, 3);
        assert.match(String(outputs.knownHosts), /^192\.0\.2\.10 ssh-ed25519 AAAAPUBLICmaster-identity$/m);
    });
});
