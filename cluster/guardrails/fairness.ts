import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** kubeadm's group of whoever has the stack's kubeconfig. */
const administrators = "kubeadm:cluster-admins";

/**
 * A share of the API server for operators. Kubernetes has one for itself and one for pods' accounts, however many they
 * are; people would share the rest with everybody. Not exempt: a script that runs wild is one of theirs, too.
 */
export function operators(opts: pulumi.CustomResourceOptions): kubernetes.flowcontrol.v1.FlowSchema {
    const name = "operators";
    const level = new kubernetes.flowcontrol.v1.PriorityLevelConfiguration(
        name,
        {
            metadata: { name },
            spec: {
                type: "Limited",
                limited: {
                    // As much as the nodes have; half of it may be used by others while nobody needs it.
                    nominalConcurrencyShares: 40,
                    lendablePercent: 50,
                    limitResponse: { type: "Queue", queuing: { queues: 16, handSize: 4, queueLengthLimit: 50 } },
                },
            },
        },
        opts,
    );
    return new kubernetes.flowcontrol.v1.FlowSchema(
        name,
        {
            metadata: { name },
            spec: {
                priorityLevelConfiguration: { name: level.metadata.name },
                // Behind Kubernetes' own (up to 900), before those of everybody (from 9000).
                matchingPrecedence: 1000,
                distinguisherMethod: { type: "ByUser" },
                rules: [
                    {
                        subjects: [{ kind: "Group", group: { name: administrators } }],
                        resourceRules: [
                            {
                                verbs: ["*"],
                                apiGroups: ["*"],
                                resources: ["*"],
                                clusterScope: true,
                                namespaces: ["*"],
                            },
                        ],
                        nonResourceRules: [{ verbs: ["*"], nonResourceURLs: ["*"] }],
                    },
                ],
            },
        },
        opts,
    );
}
