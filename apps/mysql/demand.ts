import type { StackConfig } from "../../config";
import { asking, called, onDisk, type Demand } from "../../cluster/capacity/ask";

/** What MySQL asks for. */
export function mysqlDemand({ mysql }: StackConfig): Demand<number> {
    const name = "mysql";
    return {
        kind: "StatefulSet",
        ...called(name, name),
        replicas: 1,
        setting: "mysql",
        spec: { priorityClassName: "data", containers: [asking(name, mysql)], volumes: onDisk(mysql.disk) },
    };
}
