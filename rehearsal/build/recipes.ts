/** How to build one Go module under `go/<name>/`; its go.mod pins the versions of everything, and go.sum the content. */
export interface Recipe {
    name: string;
    version: string;
    /** The packages to build, each with the name that its binary gets. */
    binaries: { [name: string]: string };
    /** The linker's `-X` settings: what the binaries answer when they are asked for their version. */
    stamps?: { [variable: string]: string };
    /** Only where the sources need a C compiler, or where the binary must not be static. */
    cgo?: boolean;
    /** Wall-clock minutes on two cores with empty caches; a size, not a promise. */
    minutes: number;
}

const kubernetes = (name: string) => [name, `k8s.io/kubernetes/cmd/${name}`];
const containerd = (name: string) => [name, `github.com/containerd/containerd/v2/cmd/${name}`];
const docker = (name: string) => [name, `github.com/docker/docker/cmd/${name}`];
const cniPlugin = (kind: string, name: string) => [
    name,
    `github.com/containernetworking/plugins/plugins/${kind}/${name}`,
];

/** The Alibaba Cloud plugin, the engine and its Node.js language host, in the order in which they are begun. */
export const toolchainRecipes: Recipe[] = [
    {
        name: "alicloud",
        version: "1.285.0",
        binaries: { "pulumi-resource-alicloud": "rehearsal/alicloud" },
        cgo: true,
        minutes: 12,
    },
    {
        name: "pulumi",
        version: "3.259.0",
        binaries: { pulumi: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" },
        stamps: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": "3.259.0" },
        cgo: true,
        minutes: 8,
    },
    {
        name: "language-nodejs",
        version: "3.68.0",
        binaries: { "pulumi-language-nodejs": "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs" },
        cgo: true,
        minutes: 1,
    },
];

/** What runs on the hosts and in the cluster, in the order in which it is begun. */
export const clusterRecipes: Recipe[] = [
    {
        name: "kubernetes",
        version: "1.36.3",
        binaries: Object.fromEntries(
            [
                "kubeadm",
                "kubelet",
                "kubectl",
                "kube-apiserver",
                "kube-controller-manager",
                "kube-scheduler",
                "kube-proxy",
            ].map(kubernetes),
        ),
        stamps: {
            "k8s.io/component-base/version.gitVersion": "v1.36.3",
            "k8s.io/component-base/version.gitMajor": "1",
            "k8s.io/component-base/version.gitMinor": "36",
            "k8s.io/client-go/pkg/version.gitVersion": "v1.36.3",
        },
        minutes: 10,
    },
    {
        name: "containerd",
        version: "2.2.9",
        binaries: Object.fromEntries(["containerd", "containerd-shim-runc-v2", "ctr"].map(containerd)),
        stamps: { "github.com/containerd/containerd/v2/version.Version": "v2.2.9" },
        minutes: 2,
    },
    {
        name: "etcd",
        version: "3.6.16",
        binaries: {
            etcd: "go.etcd.io/etcd/server/v3",
            etcdctl: "go.etcd.io/etcd/etcdctl/v3",
            etcdutl: "go.etcd.io/etcd/etcdutl/v3",
        },
        minutes: 1,
    },
    {
        name: "cni-plugins",
        version: "1.9.1",
        binaries: Object.fromEntries([
            cniPlugin("ipam", "host-local"),
            cniPlugin("main", "bridge"),
            cniPlugin("main", "host-device"),
            cniPlugin("main", "loopback"),
            cniPlugin("main", "ptp"),
            cniPlugin("meta", "bandwidth"),
            cniPlugin("meta", "firewall"),
            cniPlugin("meta", "portmap"),
            cniPlugin("meta", "tuning"),
        ]),
        minutes: 1,
    },
    {
        // The last release of the plugins that carried flannel's; its own module is not on the Go proxy.
        name: "cni-flannel",
        version: "0.9.1",
        binaries: Object.fromEntries([cniPlugin("meta", "flannel")]),
        minutes: 1,
    },
    {
        name: "coredns",
        version: "1.14.6",
        binaries: { coredns: "github.com/coredns/coredns" },
        minutes: 3,
    },
    {
        // Its udp backend is C.
        name: "flannel",
        version: "0.26.7",
        binaries: { flanneld: "github.com/flannel-io/flannel" },
        stamps: { "github.com/flannel-io/flannel/pkg/version.Version": "v0.26.7" },
        cgo: true,
        minutes: 2,
    },
    {
        name: "metrics-server",
        version: "0.7.2",
        binaries: { "metrics-server": "sigs.k8s.io/metrics-server/cmd/metrics-server" },
        minutes: 3,
    },
    {
        name: "k9s",
        version: "0.50.9",
        binaries: { k9s: "github.com/derailed/k9s" },
        stamps: { "github.com/derailed/k9s/cmd.version": "v0.50.9" },
        minutes: 4,
    },
    {
        // Go's name of a release whose sources carry no go.mod; what the binaries answer lacks the suffix.
        name: "docker",
        version: "28.5.2+incompatible",
        binaries: Object.fromEntries(["dockerd", "docker-proxy"].map(docker)),
        stamps: { "github.com/docker/docker/dockerversion.Version": "28.5.2" },
        minutes: 3,
    },
    {
        name: "docker-cli",
        version: "28.5.2+incompatible",
        binaries: { docker: "github.com/docker/cli/cmd/docker" },
        stamps: { "github.com/docker/cli/cli/version.Version": "28.5.2" },
        minutes: 1,
    },
    {
        name: "docker-compose",
        version: "2.40.3",
        binaries: { "docker-compose": "github.com/docker/compose/v2/cmd" },
        stamps: { "github.com/docker/compose/v2/internal.Version": "v2.40.3" },
        minutes: 3,
    },
    {
        // Our program of the same module is the stand-in for Logstash.
        name: "filebeat",
        version: "7.17.29",
        binaries: { filebeat: "github.com/elastic/beats/v7/filebeat", logstash: "rehearsal/logstash" },
        minutes: 4,
    },
];
