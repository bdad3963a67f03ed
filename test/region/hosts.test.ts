import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";

import { until } from "../../rehearsal/command";
import { Containers } from "../../rehearsal/hosts/containers";
import { IngressRule, InstanceSpec } from "../../rehearsal/hosts/hypervisor";
import { ensureLink } from "../../rehearsal/hosts/network";
import { checkMachine, installPackages } from "../../rehearsal/hosts/requirements";
import { podman, runDir } from "../../rehearsal/hosts/podman";
import { addresses, stateDir } from "../../rehearsal/paths";

const execute = promisify(execFile);

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "hosts-test-"));
/** The operator's private key. */
let key = path.join(scratch, "key");
const network = { id: "vsw-hosts-test", cidr: "10.20.0.0/20" };
const disk = { id: "d-hoststest", serial: "hoststest" };
const node = `/dev/disk/by-id/virtio-${disk.serial}`;

const master = instance("i-hosts-test-master", "master", 2, 4096, "10.20.0.10", "198.51.100.210");
const worker = instance("i-hosts-test-worker", "node-01", 4, 8192, "10.20.0.11", "198.51.100.211");

const sshFromOperator: IngressRule = { protocol: "tcp", fromPort: 22, toPort: 22, source: `${addresses.operator}/32` };
const amongHosts: IngressRule = { protocol: "all", fromPort: -1, toPort: -1, source: network.cidr };

function instance(
    id: string,
    hostname: string,
    cpus: number,
    memoryMiB: number,
    address: string,
    publicAddress: string,
) {
    return {
        ...{ id, hostname, cpus, memoryMiB, publicAddress, authorizedKeys: [] as string[] },
        imageId: "debian_12_10_x64_20G_alibase_20260915.vhd",
        network: { ...network, address },
        userData: "#cloud-config\nruncmd:\n  - [sh, -c, 'echo ran >>/root/first-boot']\n",
    } satisfies InstanceSpec;
}

/** Makes a key pair, and returns its public half. */
async function newKey(file: string): Promise<string> {
    await execute("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]);
    return fs.readFileSync(`${file}.pub`, "utf8").trim();
}

/** Runs a command on a host over SSH, as the operator. */
async function on(host: InstanceSpec, command: string): Promise<string> {
    const options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "ConnectTimeout=3", "LogLevel=ERROR"];
    const { stdout } = await execute("ssh", [
        ...["-i", key, "-o", "BatchMode=yes", ...options.flatMap((option) => ["-o", option])],
        ...[`root@${host.publicAddress}`, command],
    ]);
    return stdout.trim();
}

async function booted(host: InstanceSpec): Promise<void> {
    const deadline = Date.now() + 90_000;
    for (;;) {
        try {
            assert.equal(await on(host, "cloud-init status --wait >/dev/null; hostname"), host.hostname);
            return;
        } catch (error) {
            if (Date.now() > deadline) {
                throw error;
            }
        }
    }
}

/** What is left on this machine that a region would have made. */
async function leftovers(): Promise<string> {
    const { stdout } = await execute("sh", [
        "-c",
        `ip -brief link | grep -E '^(tc-|tcv|rehearsal0)'
        ip route | grep -E '198[.]51[.]100[.]|10[.]20[.]'
        iptables-save | grep 'tc-'
        losetup --list --noheadings | grep ${stateDir}
        grep -E 'lxcfs|${stateDir}' /proc/mounts
        true`,
    ]);
    return stdout.trim();
}

describe("hosts", function () {
    this.timeout(300_000);
    const hosts = new Containers(console.log);
    // Clean-up takes away every host of this machine: never when they may be another region's.
    let alone = false;

    before(async () => {
        assert.ok(
            stateDir.startsWith(os.tmpdir()),
            `the suite removes ${stateDir} in the end: set XDG_STATE_HOME to a folder in ${os.tmpdir()}`,
        );
        assert.ok(!fs.existsSync(`/sys/class/net/${addresses.link}`), "a region is up on this machine: stop it first");
        assert.deepEqual(await checkMachine(), []);
        alone = true;
        await installPackages(console.log);
        await ensureLink();
        const publicKey = await newKey(key);
        [master, worker].forEach((spec) => spec.authorizedKeys.push(publicKey));
    });

    after(async () => {
        if (alone) {
            await hosts.cleanUp({ keepDisks: false });
        }
        fs.rmSync(scratch, { recursive: true, force: true });
    });

    it("boot with their names and keys, and run their user data", async () => {
        await hosts.createNetwork(network.id, network.cidr);
        await hosts.createDisk(disk.id, 2);
        for (const spec of [master, worker]) {
            await hosts.createInstance(spec);
            assert.equal(await hosts.running(spec.id), false);
            await hosts.setIngress(spec.id, [amongHosts, sshFromOperator]);
        }
        await hosts.attachDisk(worker.id, disk.id, disk.serial);
        await Promise.all([hosts.start(master.id), hosts.start(worker.id)]);
        await Promise.all([booted(master), booted(worker)]);
        assert.equal(await on(master, "cat /root/first-boot"), "ran");
        assert.equal(await hosts.running(master.id), true);
        assert.equal(await on(worker, "systemctl --failed --quiet --plain"), "");
    });

    it("have an identity of their own", async () => {
        const identity = "cat /etc/machine-id /etc/ssh/ssh_host_ed25519_key.pub";
        const [a, b] = (await Promise.all([on(master, identity), on(worker, identity)])).map((text) =>
            text.split("\n"),
        );
        assert.notEqual(a[0], b[0]);
        assert.notEqual(a[1], b[1]);
    });

    it("see the size of their type", async () => {
        assert.match(await on(master, "cat /proc/meminfo"), /^MemTotal: +4194304 kB/);
        assert.match(await on(worker, "cat /proc/meminfo"), /^MemTotal: +8388608 kB/);
    });

    it("have none of this machine's clock, modules and disks", async () => {
        await assert.rejects(on(master, "date --set 2020-01-01"), /Operation not permitted/);
        assert.equal(await on(master, "find /dev -type b"), "");
        assert.equal(await on(worker, "find /dev -type b"), "/dev/vdb");
    });

    it("reach Debian's archive and each other's public addresses", async () => {
        await on(master, "apt-get -qq update && apt-cache show socat >/dev/null");
        await on(master, `ping -c1 -W3 ${worker.publicAddress}`);
    });

    it("are closed to whom no rule lets in", async () => {
        await on(worker, "systemd-run --quiet --unit=web python3 -m http.server 8000");
        const fetch = "curl --silent --show-error --max-time 3 --output /dev/null";
        const url = `http://${worker.publicAddress}:8000`;
        await on(master, `${fetch} --retry 9 --retry-delay 1 --retry-connrefused ${url}`);
        await assert.rejects(execute("sh", ["-c", `${fetch} ${url}`]), /timed out/i);
        await hosts.setIngress(worker.id, [
            ...[amongHosts, sshFromOperator],
            { protocol: "tcp", fromPort: 8000, toPort: 8000, source: `${addresses.operator}/32` },
        ]);
        await execute("sh", ["-c", `${fetch} ${url}`]);
        await hosts.setIngress(worker.id, [sshFromOperator]);
        await assert.rejects(on(master, `${fetch} ${url}`), /timed out/i);
        await hosts.setIngress(worker.id, [amongHosts, sshFromOperator]);
    });

    it("run containerd on overlayfs", async () => {
        await on(worker, "apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qqy install containerd");
        assert.match(await on(worker, "ctr plugins ls"), /overlayfs .* ok/);
    });

    it("find their disk by its serial, mounted from fstab at every boot, and keep what is on it", async () => {
        await on(
            worker,
            `mkfs.ext4 -q ${node} && mkdir /data && echo '${node} /data ext4 nofail 0 2' >>/etc/fstab &&
            mount /data && echo rows >/data/rows && sync`,
        );
        await hosts.stop(worker.id, true);
        assert.equal(await hosts.running(worker.id), false);
        await hosts.start(worker.id);
        await booted(worker);
        assert.equal(await on(worker, "cat /data/rows"), "rows");
        assert.equal(await on(worker, "cat /root/first-boot"), "ran");
    });

    it("see their disk grow", async () => {
        await hosts.resizeDisk(disk.id, 3);
        assert.equal(await on(worker, `blockdev --getsize64 ${node}`), String(3 * 2 ** 30));
        // Unmounted, since where the machine lacks CAP_SYS_RESOURCE ext4 refuses to grow under use.
        await on(worker, `umount /data && e2fsck -fp ${node} && resize2fs ${node} && mount /data`);
        assert.ok(Number(await on(worker, "df --output=size --block-size=1M /data | tail -1")) > 2500);
        await assert.rejects(hosts.resizeDisk(disk.id, 1), /d-hoststest can't have 1 GiB: .* a disk only grows/);
    });

    it("have snapshots taken while they write", async () => {
        await on(worker, "systemd-run --quiet --unit=writer sh -c 'while date >>/data/log; do :; done'");
        await hosts.createSnapshot("s-hoststest", disk.id);
        await on(worker, "systemctl is-active writer && systemctl stop writer && echo later >/data/rows");
        await hosts.createDisk("d-hoststestcopy", 3, "s-hoststest");
        await hosts.attachDisk(master.id, "d-hoststestcopy", "hoststestcopy");
        const copy = "/dev/disk/by-id/virtio-hoststestcopy";
        assert.equal(await on(master, `mount ${copy} /mnt && cat /mnt/rows && umount /mnt`), "rows");
        await on(master, `e2fsck -fn ${copy}`);
        await hosts.detachDisk(master.id, "d-hoststestcopy");
        await hosts.deleteDisk("d-hoststestcopy");
        await hosts.deleteSnapshot("s-hoststest");
    });

    it("lose a disk that is pulled while in use, and another host gets it whole", async () => {
        await on(worker, "systemd-run --quiet --unit=reader sleep 1000 && echo pulled >/data/rows");
        await on(worker, "systemd-run --quiet --unit=holder --working-directory=/data sh -c 'exec 3>held; sleep 1000'");
        await assert.rejects(hosts.deleteDisk(disk.id), /detach it first/);
        await assert.rejects(hosts.attachDisk(master.id, disk.id, disk.serial), /attached to i-hosts-test-worker/);
        await hosts.detachDisk(worker.id, disk.id);
        await on(worker, `systemctl is-active reader && ! systemctl is-active holder && test ! -e ${node}`);
        await hosts.attachDisk(master.id, disk.id, disk.serial);
        assert.equal(await on(master, `mount ${node} /mnt && cat /mnt/rows`), "pulled");
    });

    it("tell when they are rebooted or switched off from within", async () => {
        for (const [command, rebooted] of [
            ["reboot", true],
            ["poweroff", false],
        ] as const) {
            const told: { id: string; rebooted: boolean }[] = [];
            const end = hosts.watch((id, rebooted) => told.push({ id, rebooted }));
            await on(worker, `systemd-run --quiet --on-active=0.2 systemctl ${command}`);
            assert.ok(await until(() => told.length > 0, 60), `nothing was told of ${command}`);
            end();
            assert.deepEqual(told, [{ id: worker.id, rebooted }]);
            await hosts.start(worker.id);
            await booted(worker);
        }
    });

    it("start again after every process of theirs was killed", async () => {
        await on(worker, "echo kept >/root/killed && sync");
        const of = (field: string) => podman(["container", "inspect", "--format", `{{.State.${field}}}`, worker.id]);
        const lxcfs = fs.readFileSync(path.join(runDir, "lxcfs.pid"), "utf8");
        for (const pid of [await of("ConmonPid"), await of("Pid"), lxcfs]) {
            process.kill(Number(pid), "SIGKILL");
        }
        await hosts.stop(master.id, true);
        assert.ok(await until(async () => !(await hosts.running(worker.id)), 20), "a killed host is said to run");
        await Promise.all([hosts.start(master.id), hosts.start(worker.id)]);
        await Promise.all([booted(master), booted(worker)]);
        assert.equal(await on(worker, "cat /root/killed"), "kept");
        assert.match(await on(worker, "cat /proc/meminfo"), /^MemTotal: +8388608 kB/);
    });

    it("shut down when asked to, and know their next start from their first", async () => {
        await on(
            master,
            "umount /mnt; printf '[Service]\\nExecStart=/bin/true\\nExecStop=/bin/touch /root/shut-down\\nRemainAfterExit=yes\\nType=oneshot\\n' >/etc/systemd/system/witness.service; systemctl start witness",
        );
        await hosts.stop(master.id, false);
        await hosts.stop(master.id, false);
        await hosts.start(master.id);
        await booted(master);
        await on(master, `test -e /root/shut-down && test -b ${node}`);
        assert.equal(await on(master, "cat /root/first-boot"), "ran");
    });

    it("are another type, name, address and key from their next start on, with the same system disk", async () => {
        const before = { ...worker };
        const firstKey = key;
        const otherKey = path.join(scratch, "other-key");
        await on(worker, "echo kept >/root/kept");
        await hosts.stop(worker.id, false);
        Object.assign(worker, {
            ...{ hostname: "node-09", cpus: 1, memoryMiB: 4096, publicAddress: "198.51.100.212" },
            authorizedKeys: [await newKey(otherKey)],
            network: { ...network, address: "10.20.0.19" },
        });
        await hosts.createInstance(worker);
        await hosts.start(worker.id);
        await assert.rejects(on(before, "true"), "its address of before still answers");
        key = otherKey;
        await booted(worker);
        assert.equal(await on(worker, "cat /root/kept /root/first-boot"), "kept\nran");
        assert.match(await on(worker, "cat /proc/meminfo"), /^MemTotal: +4194304 kB/);
        assert.match(await on(worker, "hostname --ip-address"), /10\.20\.0\.19/);
        assert.equal(await on(worker, "cat /etc/hostname"), "node-09");
        assert.equal(await on(worker, "cat /root/.ssh/authorized_keys"), worker.authorizedKeys[0]);
        const limit = (file: string) => `cat /sys/fs/cgroup/${file} /sys/fs/cgroup/cpu/${file} 2>/dev/null`;
        assert.match(await on(worker, `${limit("cpu.max")}; ${limit("cpu.cfs_quota_us")}; true`), /^100000\b/m);
        // Back, for what follows.
        await hosts.stop(worker.id, false);
        Object.assign(worker, before);
        await hosts.createInstance(worker);
        key = firstKey;
        await hosts.start(worker.id);
        await booted(worker);
        assert.match(await on(worker, "cat /proc/meminfo"), /^MemTotal: +8388608 kB/);
    });

    it("leave nothing behind", async () => {
        await hosts.release(worker.id);
        await hosts.release(worker.id);
        assert.equal(await hosts.running(worker.id), false);
        await hosts.deleteNetwork(network.id);
        await hosts.cleanUp({ keepDisks: true });
        assert.equal(await leftovers(), "");
        assert.deepEqual(fs.readdirSync(path.join(stateDir, "hosts")), []);
        assert.deepEqual(fs.readdirSync(path.join(stateDir, "disks")), [`${disk.id}.img`]);
        await hosts.cleanUp({ keepDisks: false });
        assert.ok(!fs.existsSync(path.join(stateDir, "disks")));
    });
});
