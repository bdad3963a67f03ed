import type { StackConfig } from "../config";
import type { Demand } from "../cluster/capacity/ask";
import { systemDemands } from "../cluster/capacity/system";
import { elasticsearchDemand, filebeatDemand, kibanaDemand, logstashDemand, objectsDemand } from "./elk/demand";
import { mysqlDemand } from "./mysql/demand";
import { nacosDemand } from "./nacos/demand";

/** All that the stack asks of its nodes, in the order in which it comes up. Kafka's share is its host's reservation. */
export function demands(config: StackConfig): Demand[] {
    return [
        ...systemDemands(config),
        mysqlDemand(config),
        filebeatDemand(config),
        elasticsearchDemand(config),
        logstashDemand(config),
        nacosDemand(config),
        kibanaDemand(config),
        objectsDemand(),
    ];
}
