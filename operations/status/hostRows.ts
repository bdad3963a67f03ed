import { quantity } from "../../config/quantity";
import type { ClusterLook } from "./cluster";
import type { HostLook } from "./host";
import { condition, type Node } from "./kinds";
import { aboveText, type Mark, marksOf, type Trends, type Watermarks } from "./marks";
import { defined, reason, type Row, unknown, type Use } from "./row";
import type { Stack } from "./stack";

/** The rows of what hosts are and have: nodes, data disks. */

/** A node, up when it is Ready and answers over SSH; above a watermark it is still up. */
export function nodeRow(
    name: string,
    cluster: ClusterLook | Error,
    host: HostLook,
    watermarks: Watermarks,
    trends?: Trends,
): Row {
    const node = cluster instanceof Error ? undefined : cluster.nodes.find(({ metadata }) => metadata.name === name);
    const ready = node && condition(node, "Ready");
    const silent = host.seconds === undefined && (host.failure ?? "it said nothing over SSH");
    const reasons = [silent];
    if (cluster instanceof Error) reasons.push(unknown);
    else if (!node) reasons.push("it is no node of the cluster");
    else if (ready?.status !== "True") reasons.push(`not ready: ${ready?.message ?? ready?.reason ?? "no word of it"}`);
    const down = reasons.filter((reason) => reason);
    const metrics =
        cluster instanceof Error ? undefined : cluster.metrics.nodes.find((each) => each.metadata.name === name);
    const pods = cluster instanceof Error ? [] : cluster.pods;
    const marks = node ? marksOf(node, pods, { metrics, host }, watermarks, trends) : [];
    const notes = [...(node ? pressures(node) : []), aboveText(marks)].filter((note) => note);
    const one = (resource: "memory" | "cpu"): Use | undefined =>
        metrics && { used: quantity(metrics.usage?.[resource]), of: quantity(node?.status.capacity?.[resource]) };
    return {
        part: "node",
        name: `node ${name}`,
        state: down.length > 0 ? "down" : "up",
        ...(ready?.lastTransitionTime && !silent && { since: new Date(ready.lastTransitionTime) }),
        uses: defined({ memory: one("memory") ?? host.memory, cpu: one("cpu"), disk: host.system }),
        probe: {
            what: "it answers over SSH",
            seconds: host.seconds,
            ...(host.seconds === undefined && { failure: host.failure }),
        },
        ...(marks.length > 0 && { marks }),
        ...reason([...down, ...notes].join("; ")),
    };
}

/** What is to be known of a node though it is ready. */
function pressures(node: Node): string[] {
    const types = ["MemoryPressure", "DiskPressure", "PIDPressure"];
    const found = types.filter((type) => condition(node, type)?.status === "True");
    return node.spec.unschedulable ? [...found, "it takes no new pods (cordoned)"] : found;
}

/** A data disk, up when a file was written on it; above the watermark it is still up. */
export function diskRow(
    { name, host }: Stack["disks"][number],
    hosts: Record<string, HostLook>,
    watermarks: Watermarks,
): Row {
    const row = { part: "disk", name: `disk ${name}`, uses: {} } as const;
    if (!host) return { ...row, state: "down", reason: "it is attached to no host" };
    const disk = hosts[host].disks[name];
    if (!disk) return { ...row, state: "down", reason: hosts[host].failure ?? `${host} said nothing of it` };
    if (!disk.mounted) return { ...row, state: "down", reason: `not mounted on ${host}` };
    const { written, since } = disk;
    const silent =
        written === undefined ? `no file could be written: ${hosts[host].failure ?? "nothing was said"}` : "";
    const failure = disk.failure ?? silent;
    const { used, of = 0 } = disk.use ?? { used: 0 };
    const marks: Mark[] = of > 0 ? [{ what: "disk used", used, of, mark: watermarks.used }] : [];
    return {
        ...row,
        state: failure ? "down" : "up",
        ...(since && !failure && { since }),
        uses: defined({ disk: disk.use }),
        probe: { what: `a file written on ${host}`, seconds: written, ...(failure && { failure }) },
        ...(marks.length > 0 && { marks }),
        ...reason([failure, aboveText(marks)].filter((note) => note).join("; ")),
    };
}
