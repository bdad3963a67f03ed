import * as path from "node:path";

import { Deb } from "./deb";
import { Layout } from "./repository";

/** Docker's repository for Debian 12. */
export const dockerLayout: Layout = {
    release: "dists/bookworm",
    index: "stable/binary-amd64",
    pool: "dists/bookworm/pool/stable/amd64",
    publicKey: "gpg",
    fields: { Origin: "Docker", Label: "Docker CE", Suite: "bookworm", Architectures: "amd64", Components: "stable" },
};

/**
 * Docker's package of containerd from a folder of binaries. One difference: runc comes from Debian, by a dependency,
 * where Docker's package carries its own.
 */
export function containerdDeb(dir: string): Deb {
    const binaries = ["containerd", "containerd-shim-runc-v2", "ctr"];
    return {
        name: "containerd.io",
        version: "2.2.9-1~debian.12~bookworm",
        fields: {
            Maintainer: "Containerd team <help@containerd.io>",
            Section: "devel",
            Priority: "optional",
            Depends: "runc",
            Provides: "containerd",
            Conflicts: "containerd",
            Replaces: "containerd",
            Description: "An open and reliable container runtime",
        },
        files: {
            ...Object.fromEntries(binaries.map((name) => [`/usr/bin/${name}`, { from: path.join(dir, name) }])),
            "/lib/systemd/system/containerd.service": { text: unit },
            "/etc/containerd/config.toml": { text: config },
        },
        conffiles: ["/etc/containerd/config.toml"],
        scripts: { postinst, prerm },
    };
}

/** As Docker ships it: without CRI, which Docker does not need and a kubelet does. */
const config = `disabled_plugins = ["cri"]
`;

const unit = `[Unit]
Description=containerd container runtime
Documentation=https://containerd.io
After=network.target dbus.service

[Service]
ExecStartPre=-/sbin/modprobe overlay
ExecStart=/usr/bin/containerd
Type=notify
Delegate=yes
KillMode=process
Restart=always
RestartSec=5
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
OOMScoreAdjust=-999

[Install]
WantedBy=multi-user.target
`;

const postinst = `#!/bin/sh
set -e
if [ "$1" = configure ]; then
    deb-systemd-helper enable containerd.service >/dev/null
    if [ -d /run/systemd/system ]; then
        systemctl daemon-reload
        deb-systemd-invoke restart containerd.service >/dev/null
    fi
fi
`;

const prerm = `#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then deb-systemd-invoke stop containerd.service >/dev/null; fi
`;
