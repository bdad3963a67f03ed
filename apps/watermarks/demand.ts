import { asking, called, script, type Demand } from "../../cluster/capacity/ask";

/** What the watch over the nodes' watermarks asks for. */
export function watermarksDemand(): Demand<number> {
    const name = "watermarks";
    return {
        kind: "Deployment",
        ...called("logging", name),
        replicas: 1,
        spec: { priorityClassName: "platform", containers: [asking(name, script)] },
    };
}
