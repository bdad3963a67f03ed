import * as assert from "node:assert/strict";
import { load, loadAll } from "js-yaml";
import * as path from "node:path";
import {
    auditPolicy,
    initConfiguration,
    joinConfiguration,
    kubeadmPatches,
    kubeletPatches,
} from "../../../cluster/kubeadm";
import type { Host, StackConfig } from "../../../config";
import { quantity } from "../../../config/quantity";
import { disks, stackConfig } from "../../sample";
import { matchSnapshot } from "../../snapshot";

const dev = stackConfig("dev");
const [master, node] = dev.hosts;

interface Container {
    name: string;
    resources: { requests: Record<string, string> };
}

/** A kubeadm document by its kind. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function documents(text: string): Record<string, any> {
    const all = loadAll(text) as { kind: string }[];
    return Object.fromEntries(all.map((document) => [document.kind, document]));
}

function init(config: StackConfig) {
    return documents(initConfiguration(config, config.hosts[0], "10.20.0.10"));
}

function argument(component: { extraArgs: { name: string; value: string }[] }, name: string): string | undefined {
    return component.extraArgs.find((candidate) => candidate.name === name)?.value;
}

describe("kubeadm's configuration", () => {
    it("of the control plane is as recorded", () => {
        matchSnapshot("kubeadm-init.dev", initConfiguration(dev, master, "10.20.0.10"));
        const local = stackConfig("local");
        matchSnapshot("kubeadm-init.local", initConfiguration(local, local.hosts[0], "10.20.0.10"));
    });

    it("of a worker is as recorded", () => {
        matchSnapshot("kubeadm-join", joinConfiguration(dev, node, "10.20.0.11", "10.20.0.10"));
    });

    it("names nodes after their hosts", () => {
        assert.equal(init(dev).InitConfiguration.nodeRegistration.name, master.name);
        const join = documents(joinConfiguration(dev, node, "10.20.0.11", "10.20.0.10")).JoinConfiguration;
        assert.equal(join.nodeRegistration.name, node.name);
    });

    it("keeps Kafka's memory and Docker's free on Kafka's host, and on no other", () => {
        const file = "/etc/test-cluster/patches/kubeletconfiguration+merge.yaml";
        const patch = (host: Host) => load(kubeletPatches(dev, host)[file] ?? "null");
        // 300 MiB of every host's system, 1 GiB of Kafka, 150 MiB of Docker.
        assert.deepEqual(patch(node), { systemReserved: { cpu: "100m", memory: "1474Mi" } });
        assert.deepEqual([patch(master), patch(dev.hosts[2])], [null, null]);
        const join = (host: Host) => documents(joinConfiguration(dev, host, "10.20.0.11", "10.20.0.10"));
        assert.deepEqual(join(node).JoinConfiguration.patches, { directory: "/etc/test-cluster/patches" });
        assert.equal(join(dev.hosts[2]).JoinConfiguration.patches, undefined);
        const onMaster = stackConfig("dev", {
            kafka: { host: "master" },
            disks: { data: disks({ kafka: { host: "master" } }) },
        });
        assert.deepEqual(Object.keys(kubeletPatches(onMaster, onMaster.hosts[0])), [file]);
    });

    it("has the control plane's pods ask for what they need, memory too, and sets no limit to them", () => {
        const files = Object.entries(kubeadmPatches(dev, master));
        assert.deepEqual(
            files.map(([file]) => path.basename(file)).sort(),
            ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"].map(
                (name) => `${name}+strategic.yaml`,
            ),
        );
        const asked = files.map(([file, text]) => {
            const [container] = (load(text) as { spec: { containers: Container[] } }).spec.containers;
            assert.equal(`${container.name}+strategic.yaml`, path.basename(file));
            assert.deepEqual(Object.keys(container.resources), ["requests"]);
            return container.resources.requests;
        });
        const sum = (key: "cpu" | "memory") => asked.reduce((total, each) => total + quantity(each[key]), 0);
        assert.deepEqual([sum("cpu").toFixed(2), sum("memory") / 2 ** 20], ["0.65", 832]);
        assert.deepEqual(init(dev).InitConfiguration.patches, { directory: "/etc/test-cluster/patches" });
        assert.deepEqual(kubeadmPatches(dev, node), kubeletPatches(dev, node));
    });

    it("bounds what the API server works on at once, and what etcd and events take", () => {
        const { apiServer, etcd } = init(dev).ClusterConfiguration;
        const given = (name: string) => argument(apiServer, name) ?? argument(etcd.local, name);
        assert.deepEqual(
            [
                ...["max-requests-inflight", "max-mutating-requests-inflight", "event-ttl"],
                ...["quota-backend-bytes", "auto-compaction-mode", "auto-compaction-retention"],
            ].map(given),
            ["100", "50", "4h", String(2 * 2 ** 30), "periodic", "1h"],
        );
    });

    it("holds pods to what is theirs, and the system to its own only where its cgroup is named", () => {
        const kubelet = (kubernetes: object) => init(stackConfig("dev", { kubernetes })).KubeletConfiguration;
        assert.deepEqual(kubelet({}).enforceNodeAllocatable, ["pods"]);
        assert.equal(kubelet({}).systemReservedCgroup, undefined);
        const held = kubelet({ systemReservedCgroup: "/system.slice" });
        assert.deepEqual(held.enforceNodeAllocatable, ["pods", "system-reserved"]);
        assert.equal(held.systemReservedCgroup, "/system.slice");
    });

    it("is reached by a stable address inside, and certified for the one outside", () => {
        const { controlPlaneEndpoint, apiServer } = init(dev).ClusterConfiguration;
        assert.equal(controlPlaneEndpoint, "10.20.0.10:6443");
        assert.ok(apiServer.certSANs.includes("@PUBLIC_ADDRESS@"));
    });

    it("makes no token that lives long", () => {
        assert.deepEqual(
            init(dev).InitConfiguration.bootstrapTokens.map((token: { ttl: string }) => token.ttl),
            ["1m0s"],
        );
    });

    it("switches the audit log and the encryption of Secrets on, each with its file mounted", () => {
        const { apiServer } = init(dev).ClusterConfiguration;
        const mounted = apiServer.extraVolumes.map((volume: { mountPath: string }) => volume.mountPath) as string[];
        for (const name of ["audit-policy-file", "audit-log-path", "encryption-provider-config"]) {
            const file = argument(apiServer, name);
            assert.ok(file && mounted.some((place) => file.startsWith(place)), `${name} ${file} is in no volume`);
        }
    });

    it("takes networks, reservations, thresholds and log rotation from the configuration", () => {
        const config = stackConfig("dev", {
            network: { pods: "10.200.0.0/16", services: "10.201.0.0/16" },
            kubernetes: {
                version: "1.35.4",
                kubeReserved: { cpu: "150m", memory: "350Mi" },
                systemReserved: { cpu: "50m", memory: "250Mi" },
                evictionHard: { "memory.available": "5%" },
                evictionSoft: { "memory.available": "10%" },
                maxLogSize: "5Mi",
                kubelet: { failSwapOn: false },
                kubeProxy: { conntrack: { maxPerCore: 0 } },
            },
        });
        const { ClusterConfiguration, KubeletConfiguration, KubeProxyConfiguration } = init(config);
        assert.deepEqual(ClusterConfiguration.networking, {
            podSubnet: "10.200.0.0/16",
            serviceSubnet: "10.201.0.0/16",
        });
        assert.equal(ClusterConfiguration.kubernetesVersion, "v1.35.4");
        assert.deepEqual(KubeletConfiguration.kubeReserved, { cpu: "150m", memory: "350Mi" });
        assert.deepEqual(KubeletConfiguration.systemReserved, { cpu: "50m", memory: "250Mi" });
        assert.deepEqual(KubeletConfiguration.evictionHard, { "memory.available": "5%" });
        assert.equal(KubeletConfiguration.evictionPressureTransitionPeriod, "1m0s");
        assert.equal(KubeletConfiguration.containerLogMaxSize, "5Mi");
        assert.equal(KubeletConfiguration.failSwapOn, false);
        assert.deepEqual(KubeProxyConfiguration.conntrack, { maxPerCore: 0 });
    });

    it("gives every soft threshold the grace period that the kubelet demands", () => {
        const evictionSoft = { "memory.available": "400Mi", "nodefs.available": "3Gi" };
        const { KubeletConfiguration } = init(stackConfig("dev", { kubernetes: { evictionSoft } }));
        assert.deepEqual(Object.keys(KubeletConfiguration.evictionSoftGracePeriod), Object.keys(evictionSoft));
    });
});

describe("audit policy", () => {
    const { rules } = documents(auditPolicy()).Policy as { rules: { level: string }[] };

    it("logs no bodies, in which Secrets would be", () => {
        assert.deepEqual([...new Set(rules.map((rule) => rule.level))].sort(), ["Metadata", "None"]);
    });

    it("ends with what catches all the rest", () => {
        assert.deepEqual(rules.at(-1), { level: "Metadata" });
    });
});
