import { ask } from "../../../status/api";
import { makeNamespace, removeNamespace } from "../../known/namespace";
import type { Fault, Scene } from "../fault";
import { master } from "../hosts";
import { later, notLater, onHost, script } from "../script";

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
