import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { lastWords, type Said } from "../../../../operations/status/ssh";

/** Stands in for the host that Kafka is on: its `kafka` has Kafka's tools, on a topic that is a file. */
export function bash() {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), "kafka-"));
    const [topic, state] = [path.join(dir, "topic"), path.join(dir, "state")];
    fs.writeFileSync(topic, "");
    fs.writeFileSync(state, "up");
    const kafka = `#!/bin/bash
# Stand-in for kafka TOOL ARGUMENTS.
[[ $(<${state}) != down ]] || { echo "Connection refused" >&2; exit 1; }
case "$*" in
    console-producer*) if [[ $(<${state}) == deaf ]]; then cat >/dev/null; else cat >>${topic}; fi ;;
    get-offsets*) echo "test-cluster-drill:0:$(wc -l <${topic})" ;;
    console-consumer*) cat ${topic}; echo "Processed a total of messages" >&2 ;;
    topics*--delete*) rm ${topic} ;;
esac
`;
    fs.writeFileSync(path.join(dir, "kafka"), kafka, { mode: 0o755 });
    return {
        async run(_host: string, input: string): Promise<Said> {
            const env = { ...process.env, PATH: `${dir}:${process.env.PATH}` };
            const { status, stdout, stderr } = spawnSync("bash", ["-s"], { input, env, encoding: "utf8" });
            return { stdout, ...(status !== 0 && { failure: lastWords(stderr) || `status ${status}` }) };
        },
        put: (text: string) => fs.appendFileSync(topic, text),
        /** Loses the first messages. */
        drop(count: number) {
            fs.writeFileSync(topic, fs.readFileSync(topic, "utf8").split("\n").slice(count).join("\n"));
        },
        down: () => fs.writeFileSync(state, "down"),
        deaf: () => fs.writeFileSync(state, "deaf"),
        remove: () => fs.rmSync(dir, { recursive: true, force: true }),
    };
}
