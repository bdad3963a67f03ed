import * as fs from "node:fs";
import * as path from "node:path";
import { load } from "js-yaml";
import { z } from "zod";
import { requests } from "../../cluster/scheduler/demand";
import { quantity } from "../../config/quantity";
import type { Cluster } from "./cluster";
import { groupOf } from "./kinds";
import type { Found, Manifest } from "./manifest";
import { cores, gib } from "../../cluster/words";

const size = z.strictObject({
    cpu: z.union([z.string(), z.number()]).transform((text) => Math.round(quantity(String(text)) * 1000)),
    // As published: 16 GB and 16 GiB are not the same, and a reader looks for the figure in the document.
    memory: z.string().refine((text) => quantity(text) >= 0, "no quantity"),
});

type Size = z.infer<typeof size>;

const install = z.strictObject({
    name: z.string(),
    match: z.strictObject({
        images: z.array(z.string()).default([]),
        charts: z.array(z.string()).default([]),
        labels: z.record(z.string(), z.string()).default({}),
        groups: z.array(z.string()).default([]),
    }),
    nodes: size.extend({ count: z.number().int() }).optional(),
    together: size.optional(),
    free: size.optional(),
    note: z.string().optional(),
    source: z.string(),
    url: z.url(),
    seen: z.union([z.string(), z.date()]).transform((day) => new Date(day).toISOString().slice(0, 10)),
});

/** An install that many people know, and what it is documented to need. */
export type Install = z.infer<typeof install>;

/** A known install that a manifest contains, and whether the cluster has what it needs. */
export interface Known {
    install: Install;
    /** What is documented, in words. */
    needs: string;
    /** What there is instead, where it is not enough. */
    lacks?: string;
}

/** The part of a nominal size that a kubelet sees of it. */
const seen = 0.9;

export function readInstalls(file = path.join(__dirname, "installs.yaml")): Install[] {
    return z.array(install).parse(load(fs.readFileSync(file, "utf8")));
}

/** The known installs in a manifest, each held against the cluster as it is before. */
export function knownIn(manifest: Manifest, cluster: Cluster, installs = readInstalls()): Known[] {
    return installs.filter((each) => contains(manifest, each)).map((each) => check(each, cluster));
}

function contains({ workloads, unknown }: Manifest, { match }: Install): boolean {
    const groups = unknown.map(({ apiVersion }) => groupOf(apiVersion));
    return match.groups.some((group) => groups.includes(group)) || workloads.some((each) => matches(each, match));
}

function matches({ spec, own, labels }: Found, match: Install["match"]): boolean {
    const images = [...(spec.initContainers ?? []), ...spec.containers].map(({ image }) => nameOf(image ?? ""));
    // `app.kubernetes.io/name` and the chart's name are the same in most charts.
    const all = [own, labels];
    const charts = all.flatMap((each) => [
        withoutVersion(each["helm.sh/chart"] ?? each.chart ?? ""),
        each["app.kubernetes.io/name"] ?? "",
    ]);
    return (
        images.some((image) => match.images.some((known) => image === known || image.endsWith(`/${known}`))) ||
        charts.some((chart) => match.charts.includes(chart)) ||
        Object.entries(match.labels).some(([key, value]) => all.some((each) => each[key] === value))
    );
}

/** An image without tag and digest. */
function nameOf(image: string): string {
    return image.replace(/@.*$/, "").replace(/:[^/]*$/, "");
}

function withoutVersion(chart: string): string {
    return chart.replace(/-v?\d+\.\d.*$/, "");
}

function check(install: Install, { nodes, pods }: Cluster): Known {
    const { nodes: each, together, free } = install;
    const words = ({ cpu, memory }: { cpu: number; memory: number | string }) =>
        [...(cpu ? [`${cores(cpu)} CPU`] : []), typeof memory === "number" ? gib(memory) : published(memory)].join(
            " and ",
        );
    const sum = <T>(of: T[], number: (one: T) => number) => of.reduce((total, one) => total + number(one), 0);
    const enough = (has: { cpu: number; memory: number }, wanted: Size, part = seen) =>
        has.cpu >= wanted.cpu && has.memory >= quantity(wanted.memory) * part;
    const needs: string[] = [];
    const lacks: string[] = [];
    if (each) {
        const found = nodes.filter(({ capacity }) => enough(capacity, each));
        needs.push(`${each.count} nodes with ${words(each)} each`);
        if (found.length < each.count)
            lacks.push(`${found.length || "none"} of ${nodes.length} ${found.length > 1 ? "are" : "is"} so big`);
    }
    if (together) {
        const all = {
            cpu: sum(nodes, ({ capacity }) => capacity.cpu),
            memory: sum(nodes, ({ capacity }) => capacity.memory),
        };
        needs.push(`${words(together)} in the cluster`);
        if (!enough(all, together)) lacks.push(`all nodes together have ${words(all)}`);
    }
    if (free) {
        const left = (which: "cpu" | "memory") =>
            sum(nodes, ({ allocatable }) => allocatable[which]) - sum(pods, ({ spec }) => requests(spec)[which]);
        const has = { cpu: left("cpu"), memory: left("memory") };
        needs.push(`${words(free)} free`);
        if (!enough(has, free, 1)) lacks.push(`${words(has)} are free`);
    }
    return { install, needs: needs.join(", "), ...(lacks.length > 0 && { lacks: lacks.join(", ") }) };
}

/** `16G` as `16 GB`. */
function published(memory: string): string {
    return memory.replace(/([A-Z]i?)$/, " $1B");
}
