import type { StackConfig } from "../config";
import { asking, type Demand } from "../cluster/capacity/ask";
import { systemDemands } from "../cluster/capacity/system";
import { shareOf, type Share } from "../cluster/guardrails/quotas";
import { elasticsearchDemand, filebeatDemand, kibanaDemand, logstashDemand, objectsDemand } from "./elk/demand";
import { mysqlBackupDemand, mysqlDemand } from "./mysql/demand";
import { nacosDemand } from "./nacos/demand";
import { watermarksDemand } from "./watermarks/demand";

/** All that the stack asks of its nodes, in the order in which it comes up. Kafka's share is its host's reservation. */
export function demands(config: StackConfig): Demand[] {
    return [
        ...systemDemands(config),
        mysqlDemand(config),
        mysqlBackupDemand(config),
        filebeatDemand(config),
        elasticsearchDemand(config),
        logstashDemand(config),
        nacosDemand(config),
        kibanaDemand(config),
        objectsDemand(),
        watermarksDemand(),
    ];
}

/** The namespaces that the stack makes for itself. Kafka, beside the cluster, has but a name there. */
export const ownNamespaces = ["mysql", "nacos", "kafka", "logging"];

/** What may run in one of them: what is asked for, and what comes and goes beside it. */
export function share(config: StackConfig, namespace: string): Share {
    return shareOf(namespace, [...demands(config), followers, byHand(config)], config.hosts.length);
}

/** The pods by which `npm run status` follows a line, from each node at once. */
const followers: Demand = {
    kind: "Pod",
    namespace: "logging",
    name: "status",
    replicas: "per node",
    labels: {},
    spec: { containers: [asking("line", { cpu: "1m", memory: "32Mi" })] },
};

/** A backup that is made by hand, or a restore, beside the one that is made by the clock. */
const byHand = (config: StackConfig): Demand => ({ ...mysqlBackupDemand(config), kind: "Job" });
