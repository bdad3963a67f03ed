import { ownKinds } from "../backup/kinds";
import { apiRow } from "./apiRow";
import { backupRow } from "./backups";
import { bucketProbe, bucketRow } from "./bucket";
import { type ClusterLook, type WorkloadLook, workloadLook } from "./cluster";
import { offLabel } from "../../cluster/guardrails/labels";
import type { HostLook } from "./host";
import { diskRow, nodeRow } from "./hostRows";
import { applications, type Facts, logLine } from "./probes";
import { defined, type Probed, reason, type Row, unknown, type Use } from "./row";
import type { Stack } from "./stack";

/** What is shown: a row for each part of the stack, from what is known and what the probes found, by part. */
export function rowsOf(stack: Stack, facts: Facts, probed: Record<string, Probed>, now = new Date()): Row[] {
    const { cluster, hosts } = facts;
    const inCluster = Object.entries(applications).map(([name, id]) => {
        const expected = stack.workloads.includes(id);
        return applicationRow(
            name,
            cluster instanceof Error ? cluster : workloadLook(cluster, id),
            expected,
            probed[name],
        );
    });
    return [
        apiRow(cluster, hosts[stack.controlPlane ?? ""]?.etcd, now),
        guardrailsRow(stack, cluster),
        ...stack.access.hosts.map(({ name }) =>
            nodeRow(name, cluster, hosts[name], stack.watermarks, probed.Watermarks?.trends),
        ),
        ...stack.disks.map((disk) => diskRow(disk, hosts, stack.watermarks)),
        kafkaRow(stack.kafka, hosts, probed.Kafka),
        ...inCluster,
        logRow(inCluster, probed[logLine]),
        ...ownKinds.map(({ name }) => {
            const asked = name === "elasticsearch" ? inCluster.find((row) => row.name === "Elasticsearch") : undefined;
            return backupRow(name, stack, probed, now, asked);
        }),
        ...(stack.bucket ? [bucketRow(stack.bucket, probed[bucketProbe])] : []),
    ];
}

/** Up when every policy holds that the stack has made; where they are switched off is to be known then, too. */
function guardrailsRow({ guardrails: made, name: stack }: Stack, cluster: ClusterLook | Error): Row {
    const row = { part: "guardrails", name: "guardrails", uses: {} } as const;
    if (made.length === 0) return { ...row, state: "absent" };
    if (cluster instanceof Error) return { ...row, state: "down", reason: unknown };
    const { holding, warning, off } = cluster.guardrails;
    const gone = made.filter((name) => !holding.includes(name));
    const missing = gone.length > 0 ? `not in the cluster: ${gone.join(", ")}: pulumi up --refresh` : "";
    const tidy = `if none runs now, npm run drill -- tidy --stack ${stack}`;
    const lax = warning.length > 0 ? `a drill lets these only warn: ${warning.join(", ")}: ${tidy}` : "";
    const waived = off.map(({ metadata }) => `${metadata.name} (${metadata.labels?.[offLabel]})`);
    const where = waived.length > 0 ? `switched off in ${waived.join(", ")}` : "";
    return {
        ...row,
        state: missing || lax ? "down" : "up",
        ...reason([missing, lax, where].filter(Boolean).join("; ")),
    };
}

function kafkaRow(kafka: Stack["kafka"], hosts: Record<string, HostLook>, probe: Probed | undefined): Row {
    const row = { part: "application", name: "Kafka", uses: {} } as const;
    if (!kafka) return { ...row, state: "absent" };
    if (!kafka.host) return { ...row, state: "down", reason: "its host is gone: pulumi up" };
    const { container, failure } = hosts[kafka.host];
    if (!container) return { ...row, state: "down", reason: failure ?? `${kafka.host} said nothing of it` };
    return tried(row.name, container, container.running, probe ?? pending);
}

function applicationRow(name: string, look: WorkloadLook | Error | undefined, expected: boolean, probe?: Probed): Row {
    const row = { part: "application", name, uses: {} } as const;
    if (!look || look instanceof Error) {
        if (!expected) return { ...row, state: "absent" };
        return { ...row, state: "down", reason: look ? unknown : "it is not in the cluster: pulumi up --refresh" };
    }
    // Two are proven by the log line; the third is tried only where Elasticsearch is ready.
    const silent = name === "Filebeat" || name === "Logstash" || name === "Watermarks";
    return tried(name, { ...look, failure: look.reason }, look.ready, silent ? probe : (probe ?? pending));
}

/** An application that is there: what fails by its own word is down and not tried, all else is what its probe found. */
function tried(
    name: string,
    { since, memory, cpu, failure }: { since?: Date; memory?: Use; cpu?: Use; failure?: string },
    runs: boolean,
    probe: Probed | undefined,
): Row {
    const wrong = failure ?? probe?.failure;
    return {
        part: "application",
        name,
        state: runs && !wrong ? "up" : "down",
        // What runs has been doing so for longer than it has been wrong.
        ...(since && !(runs && wrong) && { since }),
        uses: defined({ memory, cpu }),
        ...(!failure && probe && { probe }),
        ...reason(wrong),
    };
}

/** The way of a log line is there when its parts are. */
function logRow(parts: Row[], probe: Probed | undefined): Row {
    const row = { part: "logs", name: logLine, uses: {} } as const;
    const needed = parts.filter(({ name }) => name === "Filebeat" || name === "Elasticsearch");
    if (needed.some(({ state }) => state === "absent")) return { ...row, state: "absent" };
    // A part that is there but fails its probe does not keep the line from being tried.
    const missing = needed.find(({ state, probe }) => state === "down" && !probe);
    if (missing) return { ...row, state: "down", reason: `not tried: ${missing.name} is down` };
    return { ...row, state: probe?.failure ? "down" : "up", probe: probe ?? pending, ...reason(probe?.failure) };
}

/** A probe that has not come to its end yet. */
const pending: Probed = { what: "" };
