/**
 * Who goes first when there is not room for all: Kubernetes' own system classes (from 2 000 000 000), then these. The
 * gaps leave room for tiers between, and 1 to 99 999 to whoever wants an order among their own pods.
 */
export const tiers = {
    /** MySQL, Elasticsearch, Nacos: what others can't work without, on disks that are on one node. */
    data: {
        value: 1_000_000,
        description: "Data of the stack: MySQL, Elasticsearch, Nacos",
    },
    /** Logstash, Kibana, Filebeat and what sets them up: lines wait in Kafka and on disk while they are away. */
    platform: {
        value: 100_000,
        description: "Platform of the stack: Logstash, Kibana, Filebeat",
    },
    /** Everyone else. Zero, as without classes; but they wait for room, and put nobody out. */
    "everyone-else": {
        value: 0,
        globalDefault: true,
        preemptionPolicy: "Never",
        description: "Every pod that names no class: it puts no other pod out",
    },
};

/** The lowest priority that is the stack's alone. */
export const ownPriority = tiers.platform.value;

/** The classes that only the stack and the system may name. */
export const ownClasses = ["system-node-critical", "system-cluster-critical", "data", "platform"];

/** The number of each class. */
export const priorities = Object.fromEntries(Object.entries(tiers).map(([name, { value }]) => [name, value]));
