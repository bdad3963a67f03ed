import { strict as assert } from "node:assert";

import { splitDeviceNumber } from "../../../rehearsal/hosts/disks";
import { mountTargets } from "../../../rehearsal/hosts/drives";
import { InstanceSpec } from "../../../rehearsal/hosts/hypervisor";
import { ruleset } from "../../../rehearsal/hosts/ingress";
import { freeDevice, seed } from "../../../rehearsal/hosts/instance";
import { bridgeOf, gateway } from "../../../rehearsal/hosts/network";

describe("ingress ruleset", () => {
    it("accepts what rules allow on eth0, answers, and nothing else", () => {
        const text = ruleset([
            { protocol: "all", fromPort: -1, toPort: -1, source: "10.20.0.0/20" },
            { protocol: "tcp", fromPort: 22, toPort: 22, source: "198.51.100.1/32" },
            { protocol: "udp", fromPort: 30000, toPort: 32767, source: "0.0.0.0/0" },
            { protocol: "tcp", fromPort: -1, toPort: -1, source: "192.0.2.7/32" },
            { protocol: "icmp", fromPort: -1, toPort: -1, source: "0.0.0.0/0" },
        ]);
        const rules = text.split("\n").map((line) => line.trim());
        assert.deepEqual(rules.slice(rules.indexOf('iifname != "eth0" accept'), -3), [
            'iifname != "eth0" accept',
            "ct state established,related accept",
            "ip saddr 10.20.0.0/20 accept",
            "ip saddr 198.51.100.1/32 tcp dport 22-22 accept",
            "ip saddr 0.0.0.0/0 udp dport 30000-32767 accept",
            "ip saddr 192.0.2.7/32 ip protocol tcp accept",
            "ip saddr 0.0.0.0/0 ip protocol icmp accept",
            "drop",
        ]);
    });

    it("replaces the table before in the same transaction", () => {
        const [first, second] = ruleset([]).split("\n");
        assert.equal(first, "table inet security_group");
        assert.equal(second, "delete table inet security_group");
    });
});

describe("cloud-init seed", () => {
    const spec: InstanceSpec = {
        id: "i-1",
        hostname: "node-01",
        imageId: "debian_12_10_x64_20G_alibase_20260915.vhd",
        cpus: 4,
        memoryMiB: 8192,
        network: { id: "vsw-1", cidr: "10.20.0.0/20", address: "10.20.0.11" },
        userData: "#cloud-config\nruncmd: [[true]]\n",
        authorizedKeys: ['ssh-ed25519 AAAA operator: "quoted"'],
    };

    it("names the instance and passes keys and user data on unchanged", () => {
        const files = seed(spec);
        assert.deepEqual(JSON.parse(files["meta-data"]), {
            "instance-id": "i-1",
            "local-hostname": "node-01",
            "public-keys": spec.authorizedKeys,
        });
        assert.equal(files["user-data"], spec.userData);
        assert.equal(files.authorized_keys, `${spec.authorizedKeys[0]}\n`);
    });
});

describe("network names and addresses", () => {
    it("takes the first address of the range as gateway", () => {
        assert.equal(gateway("10.20.0.0/20"), "10.20.0.1");
        assert.equal(gateway("10.20.17.9/20"), "10.20.16.1");
        assert.equal(gateway("192.168.255.128/25"), "192.168.255.129");
    });

    it("fits the kernel's 15 characters and tells networks apart", () => {
        const names = ["vsw-2zeaaaaaaaaaaaaaaaaa1", "vsw-2zeaaaaaaaaaaaaaaaaa2"].map(bridgeOf);
        assert.notEqual(names[0], names[1]);
        names.forEach((name) => assert.match(name, /^tc-[0-9a-f]{10}$/));
    });
});

describe("drives", () => {
    const drive = (device: string) => ({ diskId: `d-${device}`, serial: device, device });

    it("get the first free device name", () => {
        assert.equal(freeDevice([]), "vdb");
        assert.equal(freeDevice([drive("vdb"), drive("vdd")]), "vdc");
    });

    it("are refused when the names are used up", () => {
        const all = [..."bcdefghijklmnopqrstuvwxyz"].map((letter) => drive(`vd${letter}`));
        assert.throws(() => freeDevice(all), /vdb to vdz are taken: detach/);
    });

    it("are found where they are mounted, the latest mount first", () => {
        const mountinfo = [
            "29 1 253:0 / / rw,relatime shared:1 - ext4 /dev/vda rw",
            "90 29 7:12 / /srv/data rw shared:2 - ext4 /dev/vdb rw",
            "91 29 7:1 / /srv/other rw - ext4 /dev/vdc rw",
            "92 29 7:12 /sub /srv/with\\040space rw - ext4 /dev/vdb rw",
        ].join("\n");
        assert.deepEqual(mountTargets(mountinfo, { major: 7, minor: 12 }), ["/srv/with space", "/srv/data"]);
    });

    it("have device numbers in the kernel's encoding", () => {
        assert.deepEqual(splitDeviceNumber(0x70c), { major: 7, minor: 12 });
        assert.deepEqual(splitDeviceNumber(0x10072c), { major: 7, minor: 0x12c });
    });
});
