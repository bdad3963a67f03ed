import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { quote } from "../../../cluster/shell";
import type { KafkaPlace } from "../../status/stack";
import type { Shell } from "../../status/ssh";
import { type Known, lostOf } from "./known";

const topic = "test-cluster-drill";
const count = 200;
/** Seconds that a script has: a tool of Kafka's takes some seconds to start. */
const patience = 90;

export const messagesKind = "message that Kafka took";

/** Messages in a topic of the drill's own; `where` is the stack's Kafka as it is now. */
export function knownMessages(where: () => { shell: Shell; kafka: KafkaPlace }): Known {
    // What an earlier run has left in the topic is another's.
    const token = randomBytes(8).toString("hex");
    const all = Array.from({ length: count }, (_, index) => `${token} ${index + 1}`);
    const written = new Map(all.map((message) => [message, message]));
    const script = async (action: "write" | "read" | "remove") => {
        const { shell, kafka } = where();
        if (!kafka.host) throw new Error("the host that Kafka is on is gone");
        const given = { ACTION: action, TOPIC: topic, TOKEN: token, COUNT: String(count) };
        const variables = Object.entries(given).map(([name, value]) => `${name}=${quote(value)}\n`);
        const text = variables.join("") + fs.readFileSync(path.join(__dirname, "kafka.sh"), "utf8");
        const { stdout, failure } = await shell.run(kafka.host, text, patience);
        if (failure) throw new Error(failure);
        return stdout;
    };
    const compare = async () => {
        const found = (await script("read")).split("\n");
        return lostOf(written, new Map(found.map((message) => [message, message])));
    };
    return {
        kind: messagesKind,
        async write() {
            await script("write");
            // The tool does not fail when Kafka has not taken what it sent.
            const { lost } = await compare();
            if (lost > 0) throw new Error(`Kafka has not taken ${lost} of ${count} messages`);
        },
        compare,
        async remove() {
            await script("remove");
        },
    };
}
