import { demands } from "../../apps/demands";
import { nodeOf, sizeOf } from "../../cluster/capacity/nodes";
import { podsOf } from "../../cluster/scheduler/pods";
import { volumesOf } from "../../cluster/capacity/volumes";
import { priorities } from "../../cluster/guardrails/tiers";
import { parseSettings, type StackConfig } from "../../config";
import type { Cluster } from "./cluster";
import { ownSettings } from "./settings";

/**
 * What a stack's settings will make, with no cluster and no cloud: its nodes and all that is to run on them.
 * @param keys of its file
 * @throws ConfigurationError where the settings are wrong, Error where a host's size can't be told from them
 */
export function planOf(stack: string, keys: Record<string, unknown>): Cluster {
    const region = String(keys["alicloud:region"] ?? "");
    const config: StackConfig = { ...parseSettings(ownSettings(keys)), stack, region };
    const asked = demands(config);
    const nodes = config.hosts.map((host) => {
        const { name, instanceType = "" } = host;
        const size = sizeOf(host, { types: [], instanceTypes: { [name]: instanceType } });
        if (!size) {
            throw new Error(
                `hosts (${name}): how much ${instanceType || "it"} has can't be told without the cloud; ` +
                    "name its cpus and memoryGiB",
            );
        }
        return nodeOf(config, host, size);
    });
    return {
        ...{ from: `the plan of stack ${stack}`, nodes, used: {}, priorities },
        pods: asked.flatMap((demand) => podsOf(demand, nodes, priorities)),
        volumes: volumesOf(config, asked),
    };
}
