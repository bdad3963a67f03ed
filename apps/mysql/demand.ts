import type { StackConfig } from "../../config";
import { asking, onDisk, type Demand } from "../../cluster/capacity/ask";

/** What MySQL asks for. */
export function mysqlDemand({ mysql }: StackConfig): Demand<number> {
    const name = "mysql";
    return {
        kind: "StatefulSet",
        namespace: name,
        name,
        replicas: 1,
        labels: { app: name },
        setting: "mysql",
        spec: { priorityClassName: "data", containers: [asking(name, mysql)], volumes: onDisk(mysql.disk) },
    };
}
