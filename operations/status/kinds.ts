import type { PodSpec } from "../../cluster/scheduler/types";

/** The fields of Kubernetes' objects that status reads. */

export interface Metadata {
    name: string;
    namespace?: string;
    uid?: string;
    creationTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
}

export interface Condition {
    type: string;
    status: string;
    reason?: string;
    message?: string;
    lastTransitionTime?: string;
}

export interface Node {
    metadata: Metadata;
    spec: { unschedulable?: boolean };
    status: {
        conditions?: Condition[];
        capacity?: Record<string, string>;
        allocatable?: Record<string, string>;
    };
}

interface Ended {
    reason?: string;
    message?: string;
    exitCode?: number;
    finishedAt?: string;
}

export interface ContainerStatus {
    name: string;
    ready?: boolean;
    restartCount?: number;
    state?: { waiting?: { reason?: string; message?: string }; terminated?: Ended };
    lastState?: { terminated?: Ended };
}

export interface Pod {
    metadata: Metadata;
    spec: PodSpec;
    status: {
        phase?: string;
        reason?: string;
        message?: string;
        startTime?: string;
        conditions?: Condition[];
        initContainerStatuses?: ContainerStatus[];
        containerStatuses?: ContainerStatus[];
    };
}

/** A Deployment, StatefulSet or DaemonSet. */
export interface Workload {
    metadata: Metadata;
    spec: { replicas?: number; selector: { matchLabels?: Record<string, string> } };
    status: { readyReplicas?: number; desiredNumberScheduled?: number; numberReady?: number };
}

/** A namespace, or anything else of which only the metadata is read. */
export interface Named {
    metadata: Metadata;
}

/** What metrics-server says of a node, or of a pod's containers. */
export interface Metrics {
    metadata: Metadata;
    usage?: Record<string, string>;
    containers?: { usage: Record<string, string> }[];
}

export interface List<T> {
    items: T[];
}

export function condition({ status }: { status: { conditions?: Condition[] } }, type: string): Condition | undefined {
    return status.conditions?.find((each) => each.type === type);
}
