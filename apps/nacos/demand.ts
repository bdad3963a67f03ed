import type { StackConfig } from "../../config";
import { asking, called, type Demand } from "../../cluster/capacity/ask";

/** What Nacos asks for, and its tables before it. */
export function nacosDemand({ nacos }: StackConfig): Demand<number> {
    const name = "nacos";
    const small = { cpu: "50m", memory: "64Mi" };
    return {
        kind: "Deployment",
        ...called(name, name),
        replicas: 1,
        setting: "nacos",
        spec: {
            priorityClassName: "data",
            initContainers: [asking("schema-file", small), asking("schema", small)],
            containers: [asking(name, nacos)],
        },
    };
}
