import { ask } from "../../../status/api";
import { elasticsearchOf } from "../../../backup/snapshots";
import { lookAtHost } from "../../../status/host";
import { diskRow } from "../../../status/hostRows";
import { condition, type Node } from "../../../status/kinds";
import { applications } from "../../../status/probes";
import { kubeletLibrary } from "../../kubelet";
import { removeIndex, writeDocuments } from "../../known/elasticsearch";
import type { Fault, Scene } from "../fault";
import { diskHost, mysqlHost, workers } from "../hosts";
import { later, notLater, onHost, script } from "../script";

/** Disks that a file fills. */

const timer = "free-disk";
/** Seconds for a disk to be filled, or freed. */
const patience = 120;

/** A disk that a script fills, and another frees. */
function full(fill: string, free: string, fault: Omit<Fault, "break" | "repair">): Fault {
    return {
        ...fault,
        async break({ context, host }) {
            await onHost(context, host, later(timer, free));
            await onHost(context, host, fill, patience);
        },
        repair: {
            what: "rm of the file that fills the disk",
            run: async ({ context, host }) => void (await onHost(context, host, free + notLater(timer), patience)),
        },
    };
}

/** @param left percent of the disk that stay free; 0: not a byte but root's */
function fullData(name: string, left: number, fault: Omit<Fault, "break" | "repair">): Fault {
    const place = { PLACE: `/var/lib/data/${name}` };
    return full(script("fill-disk", { ...place, SHARE: String(left) }), script("free-disk", place), fault);
}

/** What status says of a data disk; nothing when it is well. */
async function said({ context, host }: Scene, name: string): Promise<string | undefined> {
    const look = await lookAtHost(context.shell, host, [name], false);
    const { reason } = diskRow({ name, host }, { [host]: look }, context.stack.watermarks);
    return reason && `disk ${name}: ${reason}`;
}

export const mysqlFull = fullData("mysql", 0, {
    name: "mysql-full",
    what: "MySQL's disk has not a byte left, since a file beside MySQL's fills it",
    hosts: mysqlHost,
    goals: { notice: 120, repair: 180 },
    spares: "all",
    /** When MySQL takes no row any more; what status says of its disk is told with it. */
    async noticed(scene) {
        const failing = await scene.watch.different();
        const disk = failing && (await said(scene, "mysql"));
        return disk && `${disk}; ${failing}`;
    },
});

const index = "test-cluster-drill-full";

/** Why Elasticsearch takes no document; nothing while it does. @throws Error when another reason is given */
async function refused({ context }: Scene): Promise<string | undefined> {
    try {
        await elasticsearchOf(context).ask("PUT", `/${index}/_doc/1`, { content: "one more" });
        return undefined;
    } catch (error) {
        const { message } = error as Error;
        if (/flood-stage|read-only/.test(message)) return message;
        throw error;
    }
}

export const elasticsearchFull = fullData("elasticsearch", 3, {
    name: "elasticsearch-full",
    what: "Elasticsearch's disk is full but for three in a hundred, since a file beside its own fills it",
    hosts: diskHost("elasticsearch"),
    // Elasticsearch looks at its disk twice a minute.
    goals: { notice: 120, repair: 180 },
    spares: "all",
    async prepare({ context }) {
        const { stack, undo } = context;
        if (!stack.workloads.includes(applications.Elasticsearch)) {
            throw new Error(`stack ${stack.name} has no Elasticsearch for the drill elasticsearch-full`);
        }
        undo.later(`index ${index}`, 120, () => removeIndex(elasticsearchOf(context), index));
        await writeDocuments(elasticsearchOf(context), index);
    },
    /** When it closes its indices; what status says of the disk is told with it. */
    async noticed(scene) {
        const refusal = await refused(scene);
        const disk = refusal && (await said(scene, "elasticsearch"));
        return disk && `${disk}; ${refusal}`;
    },
    missing: refused,
});

/** What a node says of its disk; nothing when it is well. */
async function pressure({ context, host }: Scene): Promise<string | undefined> {
    const found = condition(await ask<Node>(context.api, "GET", `/api/v1/nodes/${host}`), "DiskPressure");
    return found?.status === "True" ? `node ${host} has DiskPressure: ${found.message}` : undefined;
}

export const nodeFull = full(kubeletLibrary + script("node-fill"), kubeletLibrary + script("node-free"), {
    name: "node-full",
    what: "A worker's system disk is full up to the kubelet's threshold, for this a near one: it evicts pods",
    hosts: workers,
    // The kubelet believes that it has room again when it has had it for a minute (cluster/kubeadm.ts).
    goals: { notice: 120, repair: 300 },
    spares: "other hosts",
    noticed: pressure,
    missing: pressure,
});
