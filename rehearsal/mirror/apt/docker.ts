import * as path from "node:path";

import { Deb } from "./deb";

const common = { Maintainer: "Docker <support@docker.com>", Section: "admin", Priority: "optional" };

/** Docker's own numbering; the epoch is the engine's and its CLI's alone. */
const engineVersion = "5:28.5.2-1~debian.12~bookworm";
const composeVersion = "2.40.3-1~debian.12~bookworm";

/**
 * Docker's packages of the engine, the CLI and compose from folders of binaries. Differences: docker-init is Debian's
 * tini, by a dependency, where Docker's package carries a copy; the engine can't read logs back from the journal, which
 * needs C.
 */
export function dockerDebs(engine: string, cli: string, compose: string): Deb[] {
    const binary = (dir: string, name: string) => ({ [`/usr/bin/${name}`]: { from: path.join(dir, name) } });
    return [
        {
            name: "docker-ce",
            version: engineVersion,
            fields: {
                ...common,
                Depends: "containerd.io, docker-ce-cli, iptables, tini",
                Recommends: "apparmor, ca-certificates, procps, xz-utils",
                Conflicts: "docker-engine, docker.io",
                Replaces: "docker-engine",
                Description: "Docker: the open-source application container engine",
            },
            files: {
                ...binary(engine, "dockerd"),
                ...binary(engine, "docker-proxy"),
                // Static, because it runs inside containers.
                "/usr/bin/docker-init": { to: "tini-static" },
                "/lib/systemd/system/docker.service": { text: service },
                "/lib/systemd/system/docker.socket": { text: socket },
            },
            scripts: { postinst, prerm },
        },
        {
            name: "docker-ce-cli",
            version: engineVersion,
            fields: {
                ...common,
                Recommends: "docker-compose-plugin",
                Conflicts: "docker-engine, docker.io",
                Replaces: "docker-engine, docker.io",
                Description: "Docker CLI: the open-source application container engine",
            },
            files: binary(cli, "docker"),
        },
        {
            name: "docker-compose-plugin",
            version: composeVersion,
            fields: { ...common, Enhances: "docker-ce-cli", Description: "Docker Compose plugin for the Docker CLI" },
            files: {
                "/usr/libexec/docker/cli-plugins/docker-compose": { from: path.join(compose, "docker-compose") },
            },
        },
    ];
}

const service = `[Unit]
Description=Docker Application Container Engine
Documentation=https://docs.docker.com
Wants=network-online.target containerd.service
Requires=docker.socket
After=network-online.target nss-lookup.target docker.socket firewalld.service containerd.service time-set.target
StartLimitBurst=3
StartLimitIntervalSec=60

[Service]
Type=notify
ExecStart=/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock
ExecReload=/bin/kill -s HUP $MAINPID
TimeoutStartSec=0
Restart=always
RestartSec=2
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
Delegate=yes
KillMode=process
OOMScoreAdjust=-500

[Install]
WantedBy=multi-user.target
`;

const socket = `[Unit]
Description=Docker Socket for the API

[Socket]
ListenStream=/run/docker.sock
SocketMode=0660
SocketUser=root
SocketGroup=docker

[Install]
WantedBy=sockets.target
`;

/** Like Docker's, it leaves the package installed when the engine does not start: its settings may come later. */
const postinst = `#!/bin/sh
set -e
if [ "$1" = configure ]; then
    getent group docker >/dev/null || groupadd --system docker
    deb-systemd-helper enable docker.service docker.socket >/dev/null
    if [ -d /run/systemd/system ]; then
        systemctl daemon-reload
        deb-systemd-invoke restart docker.socket docker.service >/dev/null || true
    fi
fi
`;

const prerm = `#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
    deb-systemd-invoke stop docker.socket docker.service >/dev/null
fi
`;
