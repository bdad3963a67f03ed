import { dump } from "js-yaml";
import { ConfigurationError, type Host, type StackConfig } from "../config";
import { script, scriptFile } from "./shell";

/** What a host needs to know before it boots. */
export interface FirstBoot {
    host: Host;
    /** The host's SSH identity. */
    hostKey: { privateKey: string; publicKey: string };
}

interface File {
    path: string;
    content: string;
    permissions?: string;
}

/** ECS takes at most 32 KB of user data. */
const mostUserData = 32 * 1024;

/**
 * A host's user data: a cloud-config that brings its identity, its files and the service that prepares it. Secret, as
 * it holds the host's private key.
 * @throws ConfigurationError when it is larger than the cloud takes
 */
export function userData(config: StackConfig, boot: FirstBoot): string {
    const { host, hostKey } = boot;
    const text =
        "#cloud-config\n" +
        dump(
            {
                hostname: host.name,
                preserve_hostname: false,
                manage_etc_hosts: true,
                disable_root: false,
                ssh_pwauth: false,
                ssh_deletekeys: true,
                ssh_genkeytypes: [],
                ssh_keys: { ed25519_private: hostKey.privateKey, ed25519_public: `${hostKey.publicKey} ${host.name}` },
                write_files: files(config, host),
                runcmd: [
                    ["systemctl", "daemon-reload"],
                    ["systemctl", "start", "--no-block", "test-cluster-prepare"],
                ],
            },
            { lineWidth: -1, noRefs: true },
        );
    if (Buffer.byteLength(text) > mostUserData) {
        throw new ConfigurationError([
            `hosts (${host.name}): its user data has ${Buffer.byteLength(text)} bytes, the cloud takes ${mostUserData}; ` +
                "shorten mirrors",
        ]);
    }
    return text;
}

/** Says before any resource is touched when a host's user data will be too large: with keys of the usual length. */
export function checkUserData(config: StackConfig): void {
    const hostKey = { privateKey: "-".repeat(450), publicKey: "-".repeat(90) };
    for (const host of config.hosts) userData(config, { host, hostKey });
}

/** The files that first boot leaves on a host. */
export function files(config: StackConfig, host: Host): File[] {
    const { network } = config;
    const prepare = script("prepare", {
        KUBERNETES_VERSION: config.kubernetes.version,
        CONTAINERD_MINOR: config.kubernetes.containerd,
        K9S_VERSION: host.role === "control-plane" ? config.kubernetes.k9s : "",
        DOCKER_MINOR: host.name === config.kafka.host ? config.kafka.docker : "",
    });
    const executable = { permissions: "0755" };
    return [
        { path: "/usr/local/sbin/test-cluster-prepare", content: prepare, ...executable },
        { path: "/usr/local/sbin/mount-data-disks", content: scriptFile("mount-data-disks"), ...executable },
        { path: "/usr/local/sbin/release-disks", content: scriptFile("release-disks"), ...executable },
        { path: "/etc/test-cluster/mirrors", content: mirrorLines(config) },
        // Read by people only. It is here because a cluster keeps the ranges that it was made with: new ones need new hosts.
        { path: "/etc/test-cluster/ranges", content: `pods ${network.pods}\nservices ${network.services}\n` },
        { path: "/etc/sysctl.d/90-kubernetes.conf", content: sysctls },
        // Elasticsearch maps its files. A leading dash: where the host may not set it, its own warning says enough.
        { path: "/etc/sysctl.d/91-elasticsearch.conf", content: "-vm.max_map_count = 262144\n" },
        { path: "/etc/modules-load.d/kubernetes.conf", content: "overlay\nbr_netfilter\n" },
        { path: "/etc/ssh/sshd_config.d/10-test-cluster.conf", content: sshd },
        { path: "/etc/containerd/config.toml", content: containerdConfiguration(config) },
        ...registryHosts(config),
        ...Object.entries(units).map(([name, content]) => ({ path: `/etc/systemd/system/${name}`, content })),
        ...(host.name === config.kafka.host
            ? [{ path: "/etc/docker/daemon.json", content: dockerConfiguration(config) }]
            : []),
        ...(host.role === "control-plane"
            ? [{ path: "/usr/local/sbin/join-token", content: scriptFile("join-token"), ...executable }]
            : []),
    ];
}

const sysctls = `net.ipv4.ip_forward = 1
net.bridge.bridge-nf-call-iptables = 1
net.bridge.bridge-nf-call-ip6tables = 1
`;

const sshd = `PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
MaxAuthTries 3
# Steps and people come at the same time, over several connections.
MaxStartups 30:50:100
MaxSessions 30
`;

const units: Record<string, string> = {
    "test-cluster-prepare.service": `[Unit]
Description=First boot of a cluster host
After=network-online.target
ConditionPathExists=!/var/lib/test-cluster/prepared
StartLimitIntervalSec=1h
StartLimitBurst=4
[Service]
Type=oneshot
ExecStartPre=/bin/mkdir -p /var/lib/test-cluster
ExecStart=/usr/local/sbin/test-cluster-prepare
Restart=on-failure
RestartSec=10
[Install]
WantedBy=multi-user.target
`,
    "mount-data-disks.service": `[Unit]
Description=Data disks
Before=kubelet.service docker.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/mount-data-disks
[Install]
WantedBy=multi-user.target
RequiredBy=kubelet.service docker.service kafka.service
`,
    // Pods must not read the user data, which holds the host's SSH identity.
    "metadata-guard.service": `[Unit]
Description=Keeps pods away from the cloud's metadata service
Before=kubelet.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/iptables -w -t raw -I PREROUTING -d 100.100.100.200/32 -j DROP
[Install]
WantedBy=multi-user.target
`,
};

/** Upstream and mirror, one pair a line, in the order in which they are tried. */
function mirrorLines({ mirrors }: StackConfig): string {
    return Object.entries(mirrors.urls)
        .flatMap(([upstream, list]) => list.map((mirror) => `${upstream} ${mirror}\n`))
        .join("");
}

/** containerd's configuration: CRI with the mirrors' folder, runc with the kubelet's cgroup driver. */
function containerdConfiguration({ kubernetes }: StackConfig): string {
    return `version = 3
[plugins."io.containerd.cri.v1.images".registry]
  config_path = "/etc/containerd/certs.d"
[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = ${kubernetes.restrictOomScoreAdj}
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
  SystemdCgroup = ${kubernetes.cgroupDriver === "systemd"}
`;
}

/**
 * Docker beside a kubelet: it makes no networks and touches no firewall rule, since both are the cluster's; what it runs
 * has the host's network.
 */
function dockerConfiguration({ kubernetes, mirrors }: StackConfig): string {
    return `${JSON.stringify(
        {
            "registry-mirrors": mirrors.images["docker.io"] ?? [],
            bridge: "none",
            iptables: false,
            ip6tables: false,
            "exec-opts": [`native.cgroupdriver=${kubernetes.cgroupDriver}`],
            "log-driver": "local",
            "log-opts": { "max-size": "10m", "max-file": "3" },
        },
        null,
        2,
    )}\n`;
}

/** containerd's view of the image mirrors: tried in order, then the registry itself. */
function registryHosts({ mirrors }: StackConfig): File[] {
    return Object.entries(mirrors.images).map(([registry, list]) => ({
        path: `/etc/containerd/certs.d/${registry}/hosts.toml`,
        content:
            `server = "https://${registry === "docker.io" ? "registry-1.docker.io" : registry}"\n` +
            list.map((mirror) => `[host."${mirror}"]\n  capabilities = ["pull", "resolve"]\n`).join(""),
    }));
}
