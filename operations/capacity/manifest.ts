import type { z } from "zod";
import type { PodSpec, Workload } from "../../cluster/scheduler/types";
import { BadManifest, type Document, documents, lineOf } from "./documents";
import { isQuiet, isWorkload } from "./kinds";
import { type AnyObject, anyObject, autoscaler, cronJob, job, pod, priorityClass, replicated } from "./shape";

/** A workload of a manifest. */
export interface Found extends Workload {
    /** The labels that it has itself: `labels` are those of its pods. */
    own: Record<string, string>;
}

/** What a manifest would make, as far as capacity goes. */
export interface Manifest {
    workloads: Found[];
    /** Custom resources and kinds that nobody here knows: what they make is not counted. */
    unknown: { apiVersion: string; kind: string; names: string[] }[];
    /** What else is to be said of it, a sentence each. */
    notes: string[];
    /** Values of the PriorityClasses that it brings; its default under the name "". */
    priorities: Record<string, number>;
}

interface Autoscaled {
    target: string;
    min: number;
    max: number;
}

/**
 * Reads texts of manifests: YAML or JSON, any number of documents, lists in them, what `helm template` and `kustomize`
 * print.
 * @param namespace where what names none would go
 * @throws BadManifest
 */
export function readManifest(texts: { file: string; text: string }[], namespace = "default"): Manifest {
    const manifest: Manifest = { workloads: [], unknown: [], notes: [], priorities: {} };
    const scaled: Autoscaled[] = [];
    const all = texts.flatMap(({ file, text }) => documents(text, file));
    for (const document of all) {
        for (const [object, path] of objects(document)) {
            const reader = new Reader(document, path, object, namespace);
            const workload = reader.workload(manifest);
            if (workload) manifest.workloads.push(workload);
            else if (object.kind === "HorizontalPodAutoscaler") scaled.push(reader.autoscaled());
            else if (object.kind === "PriorityClass") Object.assign(manifest.priorities, reader.priority());
            else if (!isWorkload(object.apiVersion, object.kind) && !isQuiet(object.apiVersion, object.kind))
                unknown(manifest, object);
        }
    }
    for (const each of scaled) scale(manifest, each);
    manifest.notes.push(...uncounted(manifest.workloads));
    return manifest;
}

/** The objects of a document and where in it they are: itself, or the items of a list. */
function objects(document: Document, value = document.value, path: PropertyKey[] = []): [AnyObject, PropertyKey[]][] {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
        throw new BadManifest(
            document,
            lineOf(document, path),
            "no object of Kubernetes: it must have apiVersion and kind",
        );
    }
    const { kind, items } = value as { kind?: unknown; items?: unknown };
    if (typeof kind === "string" && kind.endsWith("List") && Array.isArray(items)) {
        return items.flatMap((item, i) => objects(document, item, [...path, "items", i]));
    }
    return [[parse(anyObject, value, document, path), path]];
}

function parse<T extends z.ZodType>(shape: T, value: unknown, document: Document, path: PropertyKey[]): z.infer<T> {
    const { data, error } = shape.safeParse(value);
    if (!error) return data;
    const [issue] = error.issues;
    const { kind, metadata } = value as { kind?: string; metadata?: { name?: string } };
    const of = [kind, metadata?.name].filter((word) => typeof word === "string").join(" ");
    const missing = issue.code === "invalid_type" && issue.message.endsWith("received undefined");
    const what = missing ? "is missing" : issue.message.replace(/^Invalid input: /, "");
    const where = issue.path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
    throw new BadManifest(
        document,
        lineOf(document, [...path, ...issue.path]),
        `${of ? `${of}: ` : ""}${where.replace(/^\./, "")} ${what}`,
    );
}

/** Reads one object. */
class Reader {
    constructor(
        private readonly document: Document,
        private readonly path: PropertyKey[],
        private readonly object: AnyObject,
        private readonly namespace: string,
    ) {}

    /** Undefined where it makes no pods, and where only `helm test` would. */
    workload(manifest: Manifest): Found | undefined {
        const { apiVersion, kind, metadata } = this.object;
        if (!isWorkload(apiVersion, kind)) return undefined;
        const name = metadata.name ?? `${metadata.generateName ?? kind.toLowerCase()}…`;
        const hooks = metadata.annotations["helm.sh/hook"]?.split(",").map((hook) => hook.trim()) ?? [];
        if (
            hooks.length > 0 &&
            hooks.every((hook) => /^(test|delete|rollback)/.test(hook) || /-(delete|rollback)$/.test(hook))
        ) {
            manifest.notes.push(
                `${kind} ${name} is a hook (${hooks.join(", ")}) that an install does not run: not counted.`,
            );
            return undefined;
        }
        const { replicas, spec, labels } = this.template(manifest, name);
        const own = metadata.labels;
        const namespace = metadata.namespace ?? this.namespace;
        return { kind, namespace, name, replicas, labels: labels ?? (kind === "Pod" ? own : {}), spec, own };
    }

    autoscaled(): Autoscaled {
        const { metadata, spec } = this.parse(autoscaler);
        const { kind, name } = spec.scaleTargetRef;
        const target = `${kind} ${metadata.namespace ?? this.namespace}/${name}`;
        return { target, min: spec.minReplicas ?? 1, max: spec.maxReplicas };
    }

    priority(): Record<string, number> {
        const { metadata, value, globalDefault } = this.parse(priorityClass);
        return { [metadata.name]: value, ...(globalDefault && { "": value }) };
    }

    private template(
        { notes }: Manifest,
        name: string,
    ): { replicas: Workload["replicas"]; spec: PodSpec; labels?: Record<string, string> } {
        const { kind } = this.object;
        const labelsOf = (template: { metadata?: { labels: Record<string, string> } }) => template.metadata?.labels;
        if (kind === "Pod") return { replicas: 1, spec: this.parse(pod).spec };
        if (kind === "Job") {
            const { template, ...rest } = this.parse(job).spec;
            return { replicas: atOnce(rest), spec: template.spec, labels: labelsOf(template) };
        }
        if (kind === "CronJob") {
            const { spec } = this.parse(cronJob);
            const { template, ...rest } = spec.jobTemplate.spec;
            if ((spec.concurrencyPolicy ?? "Allow") === "Allow") {
                notes.push(`CronJob ${name} lets its runs overlap (concurrencyPolicy Allow): one run is counted.`);
            }
            return { replicas: atOnce(rest), spec: template.spec, labels: labelsOf(template) };
        }
        const { replicas, template } = this.parse(replicated).spec;
        return {
            replicas: kind === "DaemonSet" ? "per node" : (replicas ?? 1),
            ...{ spec: template.spec, labels: labelsOf(template) },
        };
    }

    private parse<T extends z.ZodType>(shape: T): z.infer<T> {
        return parse(shape, this.object, this.document, this.path);
    }
}

/** How many pods of a job run at once. */
function atOnce({ parallelism = 1, completions }: { parallelism?: number; completions?: number }): number {
    return Math.min(parallelism, completions ?? parallelism);
}

/** Resources such as GPUs, which are in no reckoning here. */
function uncounted(workloads: Found[]): string[] {
    const containers = workloads.flatMap(({ spec }) => [...(spec.initContainers ?? []), ...spec.containers]);
    const names = containers.flatMap(({ resources }) => Object.keys({ ...resources?.requests, ...resources?.limits }));
    const others = [...new Set(names)].filter((name) => !["cpu", "memory", "ephemeral-storage"].includes(name));
    return others.map((name) => `It asks for ${name}: whether there is enough of that is not checked.`);
}

function unknown({ unknown }: Manifest, { apiVersion, kind, metadata }: AnyObject): void {
    const name = metadata.name ?? metadata.generateName ?? "";
    const known = unknown.find((each) => each.apiVersion === apiVersion && each.kind === kind);
    if (known) known.names.push(name);
    else unknown.push({ apiVersion, kind, names: [name] });
}

function scale({ workloads, notes }: Manifest, { target, min, max }: Autoscaled): void {
    const found = workloads.find(({ kind, namespace, name }) => `${kind} ${namespace}/${name}` === target);
    if (!found || found.replicas === "per node") return;
    found.replicas = Math.max(found.replicas, min);
    const { kind, name, replicas } = found;
    if (max > replicas) notes.push(`${kind} ${name} may be scaled to ${max} by its autoscaler: ${replicas} counted.`);
}
