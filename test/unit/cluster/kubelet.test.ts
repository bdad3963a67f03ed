import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import { systemCgroup } from "../../../cluster/kubernetes";
import { script, scriptFile } from "../../../cluster/shell";
import { stackConfig } from "../../sample";
import { Sandbox } from "./sandbox";

describe("a kubelet that starts with its configuration", () => {
    let host: Sandbox;
    beforeEach(() => {
        host = new Sandbox();
        host.standIn("systemctl");
        host.standIn("journalctl", "printf 'I0102 well\\nE0102 first\\nE0102 no cgroup\\nE0102 it ends\\n'");
    });
    afterEach(() => host.remove());

    /** What the node's condition is, where `NOW` is the time of the question. */
    const says = (condition: string) =>
        host.standIn("kubectl", `now=$(date -u +%FT%TZ); printf '%s' "${condition.replace("NOW", "$now")}"`);
    const restart = () => host.run(`${script("kubelet", {})}\nrestart_kubelet`.replaceAll("retry 180", "retry 1"));

    it("is waited for until it says itself that its node is Ready", async () => {
        says("True NOW kubelet is posting ready status");
        const { status, stderr } = await restart();
        assert.equal(status, 0, stderr);
        assert.deepEqual(host.calls("systemctl"), ["daemon-reload", "restart kubelet"]);
        assert.match(host.calls("kubectl")[0], /^--kubeconfig \S+\/etc\/kubernetes\/kubelet\.conf .*get node/);
    });

    for (const [what, condition] of [
        ["has said nothing since", "True 2026-01-02T03:04:05Z kubelet is posting ready status"],
        ["says that it is not", "False NOW container runtime is down"],
        ["is not heard any more", "Unknown NOW Kubelet stopped posting node status."],
    ]) {
        it(`fails with its last words where it ${what}`, async () => {
            says(condition);
            host.standIn("systemctl", "[[ $1 != restart ]]");
            const { status, stderr } = await restart();
            assert.notEqual(status, 0);
            assert.match(stderr, /node \S+ is Ready: (True 2026|False|Unknown)/);
            assert.match(
                stderr,
                /\nE0102 no cgroup\nE0102 it ends\nthe kubelet does not come up with its configuration/,
            );
            assert.ok(!/well|first/.test(stderr), stderr);
        });
    }
});

describe("the cgroup that a kubelet holds to what is reserved for the system", () => {
    let host: Sandbox;
    beforeEach(() => (host = new Sandbox()));
    afterEach(() => host.remove());

    const prepare = (configuration: string) => {
        host.standIn("systemctl");
        host.write("/var/lib/kubelet/config.yaml", configuration);
        return host.run(scriptFile("kubelet-cgroup").replaceAll("/sys/fs/cgroup", host.at("cgroup")));
    };
    const held = [
        "evictionHard:\n  memory: 1Mi\nkind: KubeletConfiguration",
        "systemReserved:\n  cpu: 100m\n  memory: 300Mi\nsystemReservedCgroup: /system.slice\nx:\n  memory: 2Mi\n",
    ].join("\n");

    it("is prepared where the configuration names one", () => {
        assert.deepEqual(systemCgroup(stackConfig("dev")), {});
        const files = systemCgroup(stackConfig("dev", { kubernetes: { systemReservedCgroup: "/system.slice" } }));
        const [unit] = Object.keys(files).filter((name) => name.endsWith(".conf"));
        const [, program] = /ExecStartPre=\/bin\/bash (\S+)\n/.exec(files[unit])!;
        assert.match(unit, /^\/etc\/systemd\/system\/kubelet\.service\.d\//);
        assert.equal(files[program], scriptFile("kubelet-cgroup"));
    });

    it("is made in each hierarchy that there is, of those that a kubelet asks for", async () => {
        for (const name of ["cpu", "cpuacct", "memory", "devices"])
            fs.mkdirSync(host.at(`cgroup/${name}`), { recursive: true });
        const { status, stderr } = await prepare(held);
        assert.equal(status, 0, stderr);
        for (const name of ["cpu", "cpuacct", "memory"]) assert.ok(host.exists(`cgroup/${name}/system.slice`), name);
        assert.deepEqual(host.calls("systemctl"), ["set-property --runtime system.slice MemoryMax=300M"]);
        for (const name of ["devices", "cpuset"]) assert.ok(!host.exists(`cgroup/${name}/system.slice`), name);
    });

    it("is given every controller that there is, of the one hierarchy", async () => {
        host.write("cgroup/cgroup.controllers", "cpuset cpu memory\n");
        const { status, stderr } = await prepare(held);
        assert.equal(status, 0, stderr);
        // A file keeps what was written last.
        assert.equal(host.read("cgroup/cgroup.subtree_control"), "+memory\n");
    });

    it("is left alone where the configuration names none any more", async () => {
        fs.mkdirSync(host.at("cgroup/cpu"), { recursive: true });
        assert.equal((await prepare("kind: KubeletConfiguration\n")).status, 0);
        assert.ok(!host.exists("cgroup/cpu/system.slice"));
        assert.deepEqual(host.calls(), []);
    });
});
