import * as path from "node:path";

import { Deb } from "./deb";
import { Layout } from "./repository";

/** Kubernetes' repository of one minor version, as pkgs.k8s.io lays it out. */
export const kubernetesLayout: Layout = {
    release: "",
    index: "",
    pool: "amd64",
    publicKey: "Release.key",
    fields: { Origin: "isv_kubernetes_core_stable_v1.36_deb", Label: "isv_kubernetes_core_stable_v1.36_deb" },
};

const maintainer = { Maintainer: "Kubernetes Authors <dev@kubernetes.io>", Section: "admin", Priority: "optional" };

const keep = { text: "" };

/** Upstream numbers each package's first build so. */
const version = "1.36.3-1.1";
const cniVersion = "1.9.1-1.1";

/**
 * The packages that upstream's repository has for one release, with its names, dependencies and file locations, from
 * folders of binaries. Upstream's kubernetes-cni has some more plugins, which nothing here uses.
 */
export function kubernetesDebs(kubernetes: string, cniPlugins: string): Deb[] {
    const binary = (name: string) => ({ [`/usr/bin/${name}`]: { from: path.join(kubernetes, name) } });
    return [
        {
            name: "kubelet",
            version,
            fields: {
                ...maintainer,
                Depends: "iptables (>= 1.4.21), kubernetes-cni (>= 1.2.0), mount, util-linux",
                Description: "Node agent for Kubernetes clusters",
            },
            files: {
                ...binary("kubelet"),
                "/usr/lib/systemd/system/kubelet.service": { text: kubeletUnit },
                "/etc/default/kubelet": { text: "KUBELET_EXTRA_ARGS=\n" },
                "/etc/kubernetes/manifests/.kubelet-keep": keep,
                "/var/lib/kubelet/.kubelet-keep": keep,
            },
            conffiles: ["/etc/default/kubelet"],
            scripts: { postinst: reloadUnits },
        },
        {
            name: "kubeadm",
            version,
            fields: { ...maintainer, Description: "Command-line utility for administering a Kubernetes cluster" },
            files: {
                ...binary("kubeadm"),
                "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf": { text: kubeadmDropIn },
            },
            scripts: { postinst: reloadUnits },
        },
        {
            name: "kubectl",
            version,
            fields: { ...maintainer, Description: "Command-line utility for interacting with a Kubernetes cluster" },
            files: binary("kubectl"),
        },
        {
            name: "kubernetes-cni",
            version: cniVersion,
            fields: { ...maintainer, Description: "Binaries required to provision kubernetes container networking" },
            files: {
                "/opt/cni/bin": { from: cniPlugins },
                "/etc/cni/net.d/.kubernetes-cni-keep": keep,
            },
        },
    ];
}

/** Like upstream's packages, these neither enable nor start the kubelet. */
const reloadUnits = `#!/bin/sh
set -e
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
`;

const kubeletUnit = `[Unit]
Description=kubelet: The Kubernetes Node Agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/bin/kubelet
Restart=always
StartLimitInterval=0
RestartSec=10

[Install]
WantedBy=multi-user.target
`;

/** kubeadm writes /var/lib/kubelet/kubeadm-flags.env; /etc/default/kubelet is the administrator's. */
const kubeadmDropIn = `[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
`;
