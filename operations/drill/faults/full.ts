import { ask } from "../../status/api";
import { lookAtHost } from "../../status/host";
import { diskRow } from "../../status/hostRows";
import { makeNamespace, removeNamespace } from "../known/namespace";
import type { Fault, Scene } from "./fault";
import { master, mysqlHost } from "./hosts";
import { mysqlVolume } from "./mysql";
import { later, notLater, onHost, script } from "./script";

/** What is written to is full: etcd up to its quota, MySQL's disk to its last byte. */

const namespace = "drill-etcd-full";
const configMaps = `/api/v1/namespaces/${namespace}/configmaps`;
const emptyTimer = "etcd-empty";
/** Bytes of one ConfigMap, which may have 2^20; how many there are at most, by the quota that etcd-quota.sh gives; seconds for them. */
const fill = { bytes: 1_000_000, most: 160, seconds: 300 };
/** Seconds that etcd has to start again with another quota, and to be given room. */
const patience = { quota: 200, room: 300 };

const empty = `kubectl --namespace ${namespace} delete configmaps --all >/dev/null && /usr/local/sbin/etcd-room\n`;
const usual = script("etcd-quota", { QUOTA: "usual" });

/** Writes a ConfigMap; returns why etcd takes it no more, or nothing. @throws Error when another reason is given */
async function refused({ context }: Scene, bytes: number): Promise<string | undefined> {
    const metadata = { generateName: "full-" };
    const body = JSON.stringify({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata,
        data: { content: "x".repeat(bytes) },
    });
    try {
        await ask(context.api, "POST", configMaps, { body });
        return undefined;
    } catch (error) {
        const { message } = error as Error;
        if (message.includes("database space exceeded")) return message;
        throw error;
    }
}

export const etcdFull: Fault = {
    name: "etcd-full",
    what: "etcd, with a quota of little more than it has, is filled up to it",
    hosts: master,
    goals: { notice: 420, repair: 120 },
    spares: "all",
    async break(scene) {
        const { context, host, signal } = scene;
        const text = [empty, `kubectl delete namespace ${namespace} --ignore-not-found --wait=false\n`, usual];
        context.undo.later("etcd's quota, and what filled it", 300, async () => {
            await onHost(context, host, usual, patience.quota);
            await removeNamespace(context.api, namespace);
            await onHost(context, host, notLater(emptyTimer));
        });
        await makeNamespace(() => context.api, namespace, "full");
        await onHost(context, host, later(emptyTimer, text.join("")));
        await onHost(context, host, script("etcd-quota", { QUOTA: "small" }), patience.quota);
        const deadline = Date.now() + fill.seconds * 1000;
        for (let count = 0; count < fill.most && Date.now() < deadline; count++) {
            signal?.throwIfAborted();
            if (await refused(scene, fill.bytes)) return;
        }
        throw new Error(`etcd was not full after ${fill.most} ConfigMaps of ${fill.bytes} bytes, or ${fill.seconds} s`);
    },
    noticed: (scene) => refused(scene, 1),
    repair: {
        what: "kubectl delete configmaps --all, etcd-room",
        run: async ({ context, host }) => void (await onHost(context, host, empty, patience.room)),
    },
    missing: (scene) => refused(scene, 1),
};

const freeTimer = "free-disk";

/** Removes the file that fills a volume's disk. */
const free = (volume: string) => script("free-disk", { VOLUME: volume });

export const mysqlFull: Fault = {
    name: "mysql-full",
    what: "MySQL's disk has not a byte left, since a file beside MySQL's fills it",
    hosts: mysqlHost,
    goals: { notice: 120, repair: 180 },
    spares: "all",
    async break(scene) {
        const { context, host } = scene;
        const volume = await mysqlVolume(scene);
        await onHost(context, host, later(freeTimer, free(volume)));
        await onHost(context, host, script("fill-disk", { VOLUME: volume }));
    },
    /** When MySQL takes no row any more; what status says of its disk is told with it. */
    async noticed({ context, watch, host }) {
        const failing = await watch.different();
        if (!failing) return undefined;
        const disk = "mysql";
        const look = await lookAtHost(context.shell, host, [disk], false);
        const { reason } = diskRow({ name: disk, host }, { [host]: look }, context.stack.watermarks);
        return reason ? `disk ${disk}: ${reason}; ${failing}` : undefined;
    },
    repair: {
        what: "rm of the file that fills the disk",
        async run(scene) {
            const { context, host } = scene;
            await onHost(context, host, free(await mysqlVolume(scene)) + notLater(freeTimer));
        },
    },
};
