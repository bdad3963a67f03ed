import { type Policies, forbidden, podSpec, pods, within, workloads } from "./policy";

/** Containers without a memory limit, by name; none where the pod as a whole has one. */
const unlimited = [
    { name: "pod", expression: podSpec },
    {
        name: "unlimited",
        expression: `variables.pod.?resources.?limits[?"memory"].hasValue() ? []
 : (variables.pod.containers + variables.pod.?initContainers.orValue([]))
   .filter(c, !c.?resources.?limits[?"memory"].hasValue()).map(c, c.name)`,
    },
];

const without = `(size(variables.unlimited) == 1 ? "container " : "containers ") + variables.unlimited.join(", ")
 + (size(variables.unlimited) == 1 ? " has" : " have") + " no memory limit: one leak would take the whole node. `;

const setLimit = `Say how much each may use, as resources: {limits: {memory: 256Mi}} in the manifest or the chart's values`;

/** Every container has a memory limit, by its manifest or by a default of its namespace. */
export function limitPolicies(system: string[]): Policies {
    return {
        // A default of the namespace's LimitRange has been filled in when this is asked.
        "memory-limit": {
            action: "Deny",
            spec: {
                failurePolicy: "Fail",
                matchConstraints: within([pods], system),
                variables: unlimited,
                validations: [
                    {
                        ...forbidden,
                        expression: "size(variables.unlimited) == 0",
                        message: `a container has no memory limit. ${setLimit}`,
                        messageExpression: `${without}${setLimit}"`,
                    },
                ],
            },
        },
        // Said and not refused: whether a LimitRange gives its pods a default is not known here.
        "memory-limit-of-workload": {
            action: "Warn",
            spec: {
                failurePolicy: "Ignore",
                matchConstraints: within(
                    workloads.map((rule) => ({ ...rule, operations: ["CREATE", "UPDATE"] })),
                    system,
                ),
                variables: unlimited,
                validations: [
                    {
                        expression: "size(variables.unlimited) == 0",
                        message: `a container has no memory limit. ${setLimit}`,
                        messageExpression: `${without}Its pods will be refused unless a LimitRange of the namespace has a"
 + " default for them. ${setLimit}, or: kubectl -n " + request.namespace + " set resources " + object.kind.lowerAscii()
 + "/" + object.metadata.?name.orValue("NAME") + " --limits=memory=256Mi"`,
                    },
                ],
            },
        },
    };
}
