import { strict as assert } from "node:assert";
import { accessOf, knownHosts, sshConfig } from "../../operations/access";

const secret = (text: string) => ({ "4dabf18193072939515e22adb298388d": "x", plaintext: JSON.stringify(text) });
const urn = (type: string, name: string) => `urn:pulumi:local::test-cluster::${type}::${name}`;
const state = (resources: object[]) => JSON.stringify({ deployment: { resources } });

describe("the way in", () => {
    const way = () =>
        accessOf(
            state([
                {
                    urn: urn("alicloud:ecs/instance:Instance", "master"),
                    type: "alicloud:ecs/instance:Instance",
                    outputs: { publicIp: "198.51.100.2" },
                },
                {
                    urn: urn("command:local:Command", "operator"),
                    type: "command:local:Command",
                    outputs: { stdout: secret("ssh-ed25519 AAAA operator\n-----BEGIN-----\nkey\n-----END-----") },
                },
                {
                    urn: urn("command:local:Command", "master-identity"),
                    type: "command:local:Command",
                    outputs: { stdout: secret("ssh-ed25519 BBBB master-identity\n-----BEGIN-----") },
                },
            ]),
        );

    it("is read from a state that has no outputs", () => {
        assert.deepEqual(way(), {
            hosts: [{ name: "master", publicAddress: "198.51.100.2", hostKey: "ssh-ed25519 BBBB" }],
            operatorKey: "-----BEGIN-----\nkey\n-----END-----\n",
        });
    });

    it("verifies who answers", () => {
        assert.equal(knownHosts(way()), "198.51.100.2 ssh-ed25519 BBBB\n");
        assert.match(sshConfig(way(), "/d"), /Host master\n {2}HostName 198\.51\.100\.2\n/);
        assert.match(sshConfig(way(), "/d"), /StrictHostKeyChecking yes/);
    });

    it("says so when there are no hosts", () => {
        assert.throws(() => accessOf(state([])), /no hosts yet: pulumi up/);
    });
});
