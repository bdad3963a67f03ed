import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { load } from "js-yaml";

interface Input {
    type: string;
    "prospector.scanner": { exclude_files: string[] };
    "close.on_state_change.removed": boolean;
    parsers: { multiline?: { pattern: string; negate: boolean; match: string }; container?: object }[];
}

interface Settings {
    "filebeat.inputs": Input[];
    processors: { [name: string]: { fields?: string[]; target_field?: string; tokenizer?: string } }[];
    "output.kafka": { topic: string; version: string; required_acks: number; key: string };
}

const root = path.join(__dirname, "../../..");
const settings = load(readFileSync(path.join(root, "apps/elk/filebeat.yml"), "utf8")) as Settings;
const [input] = settings["filebeat.inputs"];

/** Filebeat's expressions have classes that JavaScript's lack. */
const expression = (pattern: string) => new RegExp(pattern.replaceAll("[[:space:]]", "\\s"));

/** The events that the multiline parser makes of lines. */
function events(lines: string[]): string[] {
    const { pattern, negate, match } = input.parsers.find(({ multiline }) => multiline)!.multiline!;
    assert.deepEqual({ negate, match }, { negate: false, match: "after" });
    return lines.reduce<string[]>((found, line) => {
        if (found.length > 0 && expression(pattern).test(line)) found.push(`${found.pop()!}\n${line}`);
        else found.push(line);
        return found;
    }, []);
}

describe("Filebeat's settings", () => {
    it("join a stack trace, and only that", () => {
        const java = ["ERROR it failed", "java.lang.RuntimeException: no", "\tat a.B.c(B.java:1)", "Caused by: x.Y: z"];
        const python = [
            "Traceback (most recent call last):",
            '  File "a.py", line 1, in f',
            "    g()",
            "ValueError: no",
        ];
        assert.deepEqual(events([...java, "\t... 3 more", "INFO next", '{"level":"info"}', ...python]), [
            "ERROR it failed",
            "java.lang.RuntimeException: no\n\tat a.B.c(B.java:1)\nCaused by: x.Y: z\n\t... 3 more",
            "INFO next",
            '{"level":"info"}',
            'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    g()',
            "ValueError: no",
        ]);
    });

    it("read every container's log, also a renamed one, but not compressed ones and not their own", () => {
        const excluded = (file: string) =>
            input["prospector.scanner"].exclude_files.some((pattern) => expression(pattern).test(file));
        const log = (pod: string, name: string) => `/var/log/pods/${pod}_0b5b/app/${name}`;
        const read = [
            log("nacos_nacos-0", "0.log"),
            log("nacos_nacos-0", "0.log.20250101-101010"),
            log("logging_kibana", "0.log"),
        ];
        const unread = [
            log("nacos_nacos-0", "0.log.20250101-101010.gz"),
            log("logging_filebeat-x2x", "0.log"),
            log("logging_logstash-0", "3.log"),
        ];
        assert.deepEqual([...read, ...unread].filter(excluded), unread);
        // Whoever closes a renamed or removed file loses what he had not read.
        assert.equal(input["close.on_state_change.removed"], false);
    });

    it("name a document after the line's place, whose parts the file's path gives before the API does", () => {
        const one = (name: string) => settings.processors.find((processor) => name in processor)![name];
        assert.match(
            one("dissect").tokenizer!,
            /^\/var\/log\/pods\/%\{namespace\}_%\{pod\.name\}_%\{pod\.uid\}\/%\{container\.name\}\//,
        );
        assert.deepEqual(one("fingerprint"), {
            fields: ["@timestamp", "kubernetes.pod.uid", "kubernetes.container.name", "log.offset"],
            target_field: "@metadata._id",
        });
        const order = settings.processors.flatMap((processor) => Object.keys(processor));
        assert.ok(order.indexOf("dissect") < order.indexOf("fingerprint"), "the id is made of what dissect finds");
        // It adds nothing to an event that already has a field kubernetes.
        assert.ok(order.indexOf("add_kubernetes_metadata") < order.indexOf("dissect"));
    });

    it("speak a version that Kafka 4 promises to answer, and wait for its acknowledgement", () => {
        const { version, required_acks, key } = settings["output.kafka"];
        assert.ok(version >= "2.1.0", version);
        assert.equal(required_acks, -1);
        assert.match(key, /kubernetes\.pod\.name/);
    });
});
