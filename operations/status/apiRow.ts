import { renewal } from "../../cluster/certificates/renewal";
import { type ClusterLook, usage } from "./cluster";
import type { HostLook } from "./host";
import { condition } from "./kinds";
import { defined, reason, type Row } from "./row";

/** Days that the API server's certificate has to have left; it is renewed at 30. */
const fewest = 14;

/** The API server and its etcd: down where it does not answer, takes nothing any more, or will not for long. */
export function apiRow(cluster: ClusterLook | Error, etcd: HostLook["etcd"], now: Date): Row {
    const row = { part: "api", name: "Kubernetes API" } as const;
    const full = etcd?.alarm
        ? `etcd takes nothing any more (alarm ${etcd.alarm}): delete what fills it, then on the master, etcd-room`
        : "";
    if (cluster instanceof Error) {
        const reasons = [cluster.message, full].filter(Boolean).join("; ");
        return { ...row, state: "down", uses: defined({ disk: etcd?.use }), reason: reasons };
    }
    const pods = cluster.pods.filter(({ metadata }) => metadata.labels?.component === "kube-apiserver");
    const since = pods.map((pod) => condition(pod, "Ready")?.lastTransitionTime).find((time) => time);
    const left = daysLeft(cluster, now);
    const ends =
        left !== undefined && left < fewest
            ? `its certificate ends in ${left} days: on the master, systemctl start ${renewal}`
            : "";
    return {
        ...row,
        state: ends || full ? "down" : "up",
        ...(since && { since: new Date(since) }),
        uses: defined({ ...usage(cluster, pods), disk: etcd?.use }),
        probe: {
            what: `it says that it is ready${left === undefined ? "" : `; its certificate has ${left} days left`}`,
            seconds: cluster.seconds,
        },
        ...reason([full, ends].filter(Boolean).join("; ")),
    };
}

function daysLeft({ certificateUntil }: ClusterLook, now: Date): number | undefined {
    return certificateUntil && Math.floor((certificateUntil.getTime() - now.getTime()) / 86_400_000);
}
