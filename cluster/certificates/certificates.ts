import type * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import * as path from "node:path";
import type { Hosts } from "../hosts";
import { script } from "../shell";
import { step } from "../step";
import { renewal } from "./renewal";

/** Days that a certificate has left when it is renewed; kubeadm's are valid for a year. */
const days = 30;

/** The control plane's certificates are looked at daily by a timer on it, and renewed in time or afterwards. */
export function certificateRenewal(
    { controlPlane }: Hosts,
    opts: pulumi.CustomResourceOptions,
): command.remote.Command {
    return step("certificates", controlPlane, { script: script(["timer", own("install")], {}, renewalFiles()) }, opts);
}

/** What the control plane's host has, by path. */
export function renewalFiles(): Record<string, string> {
    return {
        [`/usr/local/sbin/${renewal}`]: script(["containers", own("renew")], { DAYS: String(days) }),
        [`/etc/systemd/system/${renewal}.service`]: service,
        [`/etc/systemd/system/${renewal}.timer`]: timer,
    };
}

const service = `[Unit]
Description=Renewal of the control plane's certificates
After=containerd.service
[Service]
Type=oneshot
ExecStart=/usr/local/sbin/${renewal}
TimeoutStartSec=30min
`;

const timer = `[Unit]
Description=Renewals of the control plane's certificates
[Timer]
OnCalendar=daily
RandomizedDelaySec=1h
Persistent=true
[Install]
WantedBy=timers.target
`;

function own(name: string): string {
    return path.join(__dirname, name);
}
