import { randomBytes } from "node:crypto";
import { type Api, ask } from "./api";
import { podReason } from "./cluster";
import type { Elasticsearch } from "./elasticsearch";
import type { List, Pod } from "./kinds";
import { waitFor } from "./wait";

const namespace = "logging";
const pods = `/api/v1/namespaces/${namespace}/pods`;
const label = { app: "status-probe" };
/** Seconds that a pod has to print its line. */
const starting = 20;
/** Seconds after which a pod is one that an earlier look could not delete. */
const forgotten = 300;
/** Milliseconds between two questions to Elasticsearch: each is a login on the master and a process in a pod. */
const pause = 1000;

/**
 * Lets a pod on each of Filebeat's nodes print a line, and waits until Elasticsearch has them all. Returns the seconds of
 * the slowest, from the line to its document.
 * @param filebeat Filebeat's pods: their image is on their node already
 * @param seconds how long a line has
 * @param signal ends it early, its pods deleted
 * @throws Error naming the nodes whose line did not arrive
 */
export async function logProbe(
    api: Api,
    elasticsearch: Elasticsearch,
    filebeat: Pod[],
    seconds: number,
    signal: AbortSignal,
): Promise<number> {
    await sweep(api);
    // Each one word, whatever splits it, and the whole line.
    const words = filebeat.map(() => `statusprobe${randomBytes(8).toString("hex")}`);
    const arrived = arrivals(elasticsearch, words);
    const lines = filebeat.map(async ({ spec }, index) => {
        const { nodeName = "", containers } = spec;
        const line = words[index];
        try {
            const print = printer(line, nodeName, containers[0].image ?? "");
            return await timeOf(api, line, print, () => arrived(line), seconds, signal);
        } catch (error) {
            throw new Error(`${nodeName}: ${(error as Error).message}`, { cause: error });
        }
    });
    const results = await Promise.allSettled(lines);
    const failed = results.flatMap((result) => (result.status === "rejected" ? [result.reason as Error] : []));
    if (failed.length > 0) throw new Error(failed.map(({ message }) => message).join("; "));
    return Math.max(...results.map((result) => (result.status === "fulfilled" ? result.value : 0)));
}

/** The seconds from a line, printed by a pod of its own, to its arrival. */
async function timeOf(
    api: Api,
    line: string,
    print: object,
    arrived: () => Promise<boolean>,
    seconds: number,
    signal: AbortSignal,
): Promise<number> {
    const pod = `${pods}/status-${line.slice(-16)}`;
    await ask(api, "POST", pods, { body: JSON.stringify(print) });
    try {
        try {
            const printed = async () => (await api.request("GET", `${pod}/log`)).body.includes(line);
            await waitFor(printed, starting, "its pod printed nothing", signal);
        } catch (error) {
            const { status, body } = await api.request("GET", pod);
            const why = status === 200 ? podReason(JSON.parse(body) as Pod) : `it is gone (${status})`;
            throw new Error(`${(error as Error).message}: ${why ?? "it runs"}`);
        }
        // Only this machine's clock is asked. The line is a moment older than this look at it.
        const began = Date.now();
        await waitFor(arrived, seconds, "its line was not in Elasticsearch", signal);
        return (Date.now() - began) / 1000;
    } finally {
        // Not earlier: what a deleted pod has printed goes with it.
        await api.request("DELETE", `${pod}?gracePeriodSeconds=0`).catch(() => undefined);
    }
}

/** Whether a line is a document: all lines are asked for at once, for everybody who wants to know within the pause. */
function arrivals(elasticsearch: Elasticsearch, lines: string[]): (line: string) => Promise<boolean> {
    const place = `/logs/_search?size=${lines.length}`;
    const query = { match: { message: lines.join(" ") } };
    let began = 0;
    let documents = Promise.resolve("");
    return async (line) => {
        if (Date.now() - began >= pause) {
            began = Date.now();
            const asked = elasticsearch.ask<object>("POST", place, { query, _source: ["message"] });
            documents = asked.then(({ answer }) => JSON.stringify(answer));
        }
        return (await documents).includes(line);
    };
}

/** A pod that prints a line and ends. It is given to its node directly: whether there is room is not the question. */
function printer(line: string, nodeName: string, image: string): object {
    return {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: `status-${line.slice(-16)}`, namespace, labels: label },
        spec: {
            nodeName,
            restartPolicy: "Never",
            activeDeadlineSeconds: 120,
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            tolerations: [{ operator: "Exists" }],
            securityContext: {
                runAsNonRoot: true,
                runAsUser: 65534,
                runAsGroup: 65534,
                seccompProfile: { type: "RuntimeDefault" },
            },
            containers: [
                {
                    name: "line",
                    image,
                    imagePullPolicy: "IfNotPresent",
                    command: ["sh", "-c", `echo ${line}`],
                    resources: { requests: { cpu: "1m", memory: "8Mi" }, limits: { cpu: "200m", memory: "32Mi" } },
                    securityContext: {
                        allowPrivilegeEscalation: false,
                        capabilities: { drop: ["ALL"] },
                        readOnlyRootFilesystem: true,
                    },
                },
            ],
        },
    };
}

/** Deletes the pods of earlier looks that were ended before they could. */
async function sweep(api: Api): Promise<void> {
    const { items } = await ask<List<Pod>>(api, "GET", `${pods}?labelSelector=app%3D${label.app}`);
    const old = items.filter(
        ({ metadata }) => Date.now() - Date.parse(metadata.creationTimestamp ?? "") > forgotten * 1000,
    );
    await Promise.all(
        old.map(({ metadata }) => api.request("DELETE", `${pods}/${metadata.name}?gracePeriodSeconds=0`)),
    );
}
