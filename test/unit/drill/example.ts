import { type DrillRecord, Recorder } from "../../../operations/drill/record";
import { never, quick, steady } from "../../../operations/drill/verdict";

const gibibyte = 2 ** 30;

/**
 * What a drill of five minutes could have seen.
 * @param held whether the stack held; else it does what the cluster of the incident did
 */
export function example(held: boolean): DrillRecord {
    let now = Date.parse("2026-11-24T16:00:00Z");
    const start = now;
    const recorder = new Recorder(
        { drill: "avalanche", what: "An install without limits eats the nodes' memory", stack: "local" },
        () => now,
    );
    const phases: [number, string, string, boolean][] = [
        [0, "before", "the stack as it is, with known data", false],
        [10, "as it is", "the install meets the guardrails", true],
        [42, "removed", "the install is deleted", false],
        [52, "guardrails off", "the install eats what there is", true],
        [180, "removed", "the install is deleted", false],
        [215, "after", "everything as before", false],
    ];
    const hosts = { master: [4, 2.2], "node-01": [8, 3.1], "node-02": [8, 4.4] };
    const quiet = (at: number) => at < 60 || at > 190;
    for (let at = 0; at <= 225; at += 0.5) {
        now = start + at * 1000;
        const phase = phases.find(([from]) => from === at);
        if (phase) recorder.phase(phase[1], phase[2], phase[3]);
        const bad = !held && at > 110 && at < 150;
        // Looks like noise, and is the same each time.
        const noise = Math.abs(Math.sin(at * 12.9898) * 43758.5453) % 1;
        const slow = quiet(at) ? 0.006 + noise * 0.01 : 0.015 + noise ** 6 * 0.9;
        const late = bad && noise > 0.3;
        const answer = late
            ? { seconds: 6, failure: "https://198.51.100.2:6443 gave no answer within 6 s" }
            : { seconds: slow };
        recorder.sample("Kubernetes API", { at, ...answer });
        if (at % 1 === 0) {
            recorder.sample("MySQL", { at, seconds: 0.02, ...(bad && { failure: "connect ECONNREFUSED" }) });
            recorder.sample("Nacos", {
                at,
                seconds: 0.02,
                ...(bad && at % 3 === 0 && { failure: "no answer within 6 s" }),
            });
        }
        if (at % 2 !== 0) continue;
        const lost = bad ? { failure: "node-02 gave no answer over SSH within 6 s" } : {};
        for (const [index, [name, [of, idle]]] of Object.entries(hosts).entries()) {
            recorder.sample(`SSH ${name}`, { at, seconds: 0.2, ...(name === "node-02" && lost) });
            const eaten = quiet(at) ? 0 : Math.min(of * 0.93 - idle - noise * 0.5, (at - 60) * 0.1 * (1 + index / 4));
            if (name === "node-02" && bad) continue;
            recorder.memory(name, { at, used: (idle + Math.max(0, eaten)) * gibibyte, of: of * gibibyte });
        }
        recorder.sample("nodes Ready", {
            at,
            seconds: 0,
            ...(bad && { failure: "node-02 is not Ready: Kubelet stopped posting node status." }),
        });
        recorder.sample("data tier's pods", {
            at,
            seconds: 0.03,
            ...(bad && { failure: "mysql/mysql-0 began anew: OOMKilled, exit status 137" }),
        });
        if (at === 12) {
            const quota =
                "namespace drill-avalanche has no ResourceQuota, so nothing bounds what runs in it. Give it one with what it needs, then try again: kubectl -n drill-avalanche create quota budget --hard=requests.memory=1Gi,limits.memory=1Gi,pods=10";
            recorder.message(
                "install",
                `deployments.apps "hog-…" is forbidden: ValidatingAdmissionPolicy 'guardrails-quota' with binding 'guardrails-quota' denied request: ${quota}`,
            );
        }
        if (at === 14)
            recorder.message(
                "ReplicaSet drill-avalanche/hog-1",
                'FailedCreate: Error creating: pods "hog-1-…" is forbidden: container hog has no memory limit: one leak would take the whole node.',
                12,
            );
        if (at === 96) recorder.message("node node-02", "MemoryPressure: kubelet has insufficient memory available", 1);
        if (at === 98)
            recorder.message(
                "Pod drill-avalanche/hog-3-…",
                "Evicted: The node was low on resource: memory. Threshold quantity: …Ki, available: …Ki.",
                7,
            );
    }
    recorder.end();
    const { record } = recorder;
    record.wants = [
        { what: "The drill is one: a worker's memory is full", wanted: "85 % or more", got: "93 %", met: true },
        quick(record, "Kubernetes API", "The Kubernetes API answers (get nodes)", 2),
        ...Object.keys(hosts).map((name) => never(record, `SSH ${name}`, `${name} answers over SSH`)),
        never(record, "MySQL", "MySQL takes a row and gives it back"),
        never(record, "Nacos", "Nacos gives a client its configuration"),
        steady(record, "nodes Ready", "Every node is Ready"),
        steady(
            record,
            "data tier's pods",
            "MySQL's, Elasticsearch's and Nacos' pods are neither evicted nor restarted",
        ),
        { what: "No row that MySQL took is lost", wanted: "0 lost", got: "0 of 226 lost", met: true },
    ];
    recorder.fact("The install came to", "16 pods, 7 evicted, 31 times killed and begun anew");
    recorder.fact("First word of it from the cluster", "after 44 s");
    return record;
}
