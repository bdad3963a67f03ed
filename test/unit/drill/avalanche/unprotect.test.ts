import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { load } from "js-yaml";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { restore, unprotect, unprotected } from "../../../../operations/drill/avalanche/unprotect";
import type { Shell } from "../../../../operations/status/ssh";

const config = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
enforceNodeAllocatable: [pods]
systemReservedCgroup: /system
evictionHard: {memory.available: 200Mi, nodefs.available: 1Gi}
evictionSoft: {memory.available: 400Mi}
evictionSoftGracePeriod: {memory.available: 1m30s}
`;

const dropIn = "systemd/system/kubelet.service.d/90-drill.conf";

describe("a node's protection", () => {
    let dir: string;
    beforeEach(() => {
        dir = fs.mkdtempSync(path.join(os.tmpdir(), "unprotect-"));
        for (const folder of ["kubelet", "cgroup/kubepods", "cgroup/memory/kubepods", "bin"]) {
            fs.mkdirSync(path.join(dir, folder), { recursive: true });
        }
        write("kubelet/config.yaml", config);
        write("cgroup/kubepods/memory.max", "7000000\n");
        write("cgroup/memory/kubepods/memory.limit_in_bytes", "7000000\n");
        for (const name of ["systemctl", "systemd-run", "curl"]) {
            const text = `#!/bin/bash\n# Stand-in for ${name}.\nprintf '%s\\n' "${name} $*" >>${dir}/calls\n`;
            fs.writeFileSync(path.join(dir, "bin", name), text, { mode: 0o755 });
        }
    });
    afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));
    const write = (name: string, text: string) => fs.writeFileSync(path.join(dir, name), text);
    const read = (name: string) => fs.readFileSync(path.join(dir, name), "utf8");

    /** A host whose files are in the test's folder. */
    const shell = {
        run: async (_host: string, script: string) => {
            const input = script
                .replaceAll("/var/lib/kubelet", `${dir}/kubelet`)
                .replaceAll("/sys/fs/cgroup", `${dir}/cgroup`)
                .replaceAll("/run/", `${dir}/`);
            const env = { ...process.env, PATH: `${dir}/bin:${process.env.PATH}` };
            const { status, stdout, stderr } = spawnSync("bash", ["-s"], { input, env, encoding: "utf8" });
            return { stdout, ...(status !== 0 && { failure: stderr || `status ${status}` }) };
        },
    } as unknown as Shell;

    it("is a kubelet's configuration without it: nothing enforced, no eviction for memory, the disk's left", () => {
        const { evictionHard, evictionSoft, evictionSoftGracePeriod, enforceNodeAllocatable } = load(
            unprotected(config),
        ) as Record<string, unknown>;
        assert.deepEqual(evictionHard, { "nodefs.available": "1Gi" });
        assert.deepEqual([evictionSoft, evictionSoftGracePeriod, enforceNodeAllocatable], [{}, {}, ["none"]]);
    });

    it("is taken away, with a timer that puts it back, and the limits lifted after the kubelet's start", async () => {
        await unprotect(shell, "node-01", 600);
        assert.equal(read("kubelet/config.yaml"), config, "its own is not touched");
        assert.equal(read("drill-kubelet.yaml"), unprotected(config));
        const [, used] = /^Environment="KUBELET_CONFIG_ARGS=--config=(.*)"$/m.exec(read(dropIn))!;
        assert.equal(used, `${dir}/drill-kubelet.yaml`);
        assert.equal(read("cgroup/kubepods/memory.max"), "max\n");
        assert.equal(read("cgroup/memory/kubepods/memory.limit_in_bytes"), "-1\n");
        const calls = read("calls");
        const timer = /systemd-run --quiet --collect --unit=drill-restore --on-active=600 \/bin\/bash (\S+)\n/;
        assert.match(fs.readFileSync(timer.exec(calls)![1], "utf8"), /drill-kubelet/);
        const order = ["systemd-run", "systemctl daemon-reload", "systemctl restart kubelet"].map((call) =>
            calls.indexOf(call),
        );
        assert.ok(order[0] >= 0 && order[0] < order[1] && order[1] < order[2], calls);
    });

    it("is put back as it was, also when it was taken away twice, and is left alone when it was not", async () => {
        await unprotect(shell, "node-01", 600);
        await unprotect(shell, "node-01", 600);
        const restarts = () => read("calls").match(/restart kubelet/g)!.length;
        assert.equal(restarts(), 2);
        for (let time = 0; time < 2; time++) {
            await restore(shell, "node-01");
            assert.deepEqual([restarts(), fs.existsSync(path.join(dir, dropIn))], [3, false]);
            assert.deepEqual(
                fs.readdirSync(dir).filter((name) => name.startsWith("drill-")),
                [],
            );
        }
    });

    it("is not back before the kubelet has begun anew with it", async () => {
        await unprotect(shell, "node-01", 600);
        const systemctl = fs.readFileSync(path.join(dir, "bin/systemctl"));
        fs.writeFileSync(path.join(dir, "bin/systemctl"), "#!/bin/bash\n[[ $1 != restart ]]\n");
        for (let time = 0; time < 2; time++)
            await assert.rejects(restore(shell, "node-01"), /^Error: node-01: status 1/);
        fs.writeFileSync(path.join(dir, "bin/systemctl"), systemctl);
        await restore(shell, "node-01");
        assert.equal(read("calls").match(/restart kubelet/g)!.length, 2);
    });

    it("can't be taken away where the kubelet does not live without it", async () => {
        fs.writeFileSync(path.join(dir, "bin/curl"), "#!/bin/bash\nexit 7\n");
        fs.writeFileSync(path.join(dir, "bin/sleep"), "#!/bin/bash\n", { mode: 0o755 });
        await assert.rejects(unprotect(shell, "node-01", 600), /the kubelet is not healthy without its protection/);
    });

    it("fails with the host's name and words", async () => {
        fs.rmSync(path.join(dir, "kubelet"), { recursive: true });
        await assert.rejects(unprotect(shell, "node-01", 600), /^Error: node-01: .*No such file/);
    });
});
