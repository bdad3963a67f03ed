import { Elasticsearch } from "../../status/elasticsearch";
import { kafkaProbe } from "../../status/kafka";
import { loggedIn } from "../../status/nacos";
import { applications } from "../../status/probes";
import type { Context } from "../drill";
import type { Probe } from "../sampler";
import type { Beside } from "../watch";
import { knownConfigMaps } from "./configMaps";
import { knownDocuments } from "./elasticsearch";
import { knownMessages } from "./kafka";
import { knownConfigurations } from "./nacos";

/** Seconds that a probe waits. */
const patience = 6;

export const kafkaProbeName = "Kafka";

/** What the drill of a fault knows and tries beside MySQL's rows: all that the stack has. */
export function besideOf(context: Context): Beside {
    const { stack } = context;
    const elasticsearch = () => new Elasticsearch(context.shell, context.stack.controlPlane!);
    const nacos = () => loggedIn(context.api, context.stack.nacosPassword);
    const known = [knownConfigurations(nacos), knownConfigMaps(() => context.api)];
    const probes: Probe[] = [];
    if (stack.kafka) {
        known.push(knownMessages(() => ({ shell: context.shell, kafka: context.stack.kafka ?? {} })));
        probes.push({ name: kafkaProbeName, every: 2, patience, run: () => sent(context) });
    }
    if (stack.workloads.includes(applications.Elasticsearch)) {
        known.push(knownDocuments(elasticsearch));
        probes.push({ name: "Elasticsearch", every: 5, patience: 2 * patience, run: () => healthy(elasticsearch()) });
    }
    return { known, probes };
}

/** A message sent and read again. */
async function sent({ shell, stack }: Context): Promise<void> {
    const { host, address } = stack.kafka ?? {};
    if (!host || !address) throw new Error("the host that Kafka is on is gone");
    await kafkaProbe(shell.connect(host, address, patience - 1));
}

async function healthy(elasticsearch: Elasticsearch): Promise<void> {
    const { answer } = await elasticsearch.ask<{ status: string }>("GET", "/_cluster/health");
    if (answer.status === "red") throw new Error("its health is red");
}
