import { type Api, ask } from "../../../status/api";
import { podReason } from "../../../status/cluster";
import type { Pod } from "../../../status/kinds";
import { list } from "../../cluster";
import type { Fault, Scene } from "../fault";
import { mysqlHost } from "../hosts";
import { later, notLater, onHost, script } from "../script";

/** What happens to MySQL alone. It has to come back with its data or wait for it, and never with an empty database. */

const place = "/api/v1/namespaces/mysql/pods/mysql-0";

async function pod(api: Api): Promise<Pod | undefined> {
    const { status, body } = await api.request("GET", place);
    return status === 200 ? (JSON.parse(body) as Pod) : undefined;
}

async function deletePod({ context: { api } }: Scene): Promise<void> {
    // It may be gone already.
    await api.request("DELETE", place);
}

/** Whether the pod is another than the one that was deleted. */
async function another({ context, was }: Scene): Promise<string | undefined> {
    const now = await pod(context.api);
    return now && now.metadata.uid !== was ? undefined : "MySQL's pod is not made anew";
}

async function remember(scene: Scene): Promise<void> {
    scene.was = (await pod(scene.context.api))?.metadata.uid;
}

export const mysqlDeleted: Fault = {
    name: "mysql-deleted",
    what: "MySQL's pod is deleted",
    goals: { repair: 120 },
    async break(scene) {
        await remember(scene);
        await deletePod(scene);
    },
    missing: another,
};

const uncordonTimer = "uncordon";

async function cordon({ context, host }: Scene, unschedulable: boolean): Promise<void> {
    const asked = { body: JSON.stringify({ spec: { unschedulable } }), type: "application/merge-patch+json" };
    await ask(context.api, "PATCH", `/api/v1/nodes/${host}`, asked);
}

export const mysqlAway: Fault = {
    name: "mysql-away",
    what: "MySQL's node takes no pods any more, and its pod is deleted",
    hosts: mysqlHost,
    goals: { notice: 120, repair: 120 },
    async break(scene) {
        const { context, host } = scene;
        await remember(scene);
        await onHost(context, context.stack.controlPlane!, later(uncordonTimer, `kubectl uncordon ${host}\n`));
        await cordon(scene, true);
        await deletePod(scene);
    },
    async noticed(scene) {
        const now = await pod(scene.context.api);
        if (!now || now.metadata.uid === scene.was || !podReason(now)) return undefined;
        const { nodeName } = now.spec;
        return nodeName ? `MySQL was started on ${nodeName}: ${podReason(now)}` : `it waits: ${podReason(now)}`;
    },
    repair: {
        what: "kubectl uncordon",
        async run(scene) {
            await cordon(scene, false);
            await onHost(scene.context, scene.context.stack.controlPlane!, notLater(uncordonTimer));
        },
    },
    missing: another,
};

const fillTimer = "fill";

interface StatefulSet {
    spec: { template: { spec: { volumes?: { persistentVolumeClaim?: { claimName: string } }[] } } };
}

interface PersistentVolume {
    spec: { claimRef?: { namespace: string; name: string }; local?: { path: string } };
}

/** The folder on its host that MySQL's claim stands for; other claims in its namespace are its backups'. */
export async function mysqlVolume({ context: { api } }: Scene): Promise<string> {
    const set = await ask<StatefulSet>(api, "GET", "/apis/apps/v1/namespaces/mysql/statefulsets/mysql");
    const { template } = set.spec;
    const claims = (template.spec.volumes ?? []).flatMap(({ persistentVolumeClaim: of }) => of?.claimName ?? []);
    if (claims.length !== 1) throw new Error(`MySQL has ${claims.length} claims of volumes; this drill is for one`);
    const volumes = await list<PersistentVolume>(api, "/api/v1/persistentvolumes");
    const own = volumes.find(({ spec: { claimRef: of } }) => of?.namespace === "mysql" && of.name === claims[0]);
    if (!own?.spec.local) throw new Error(`no local volume is bound to MySQL's claim ${claims[0]}`);
    return own.spec.local.path;
}

/** MySQL's own words for why it does not start. */
function refusal({ status }: Pod): string | undefined {
    const ended = (status.containerStatuses ?? []).flatMap(({ state, lastState }) => [
        state?.terminated?.message ?? "",
        lastState?.terminated?.message ?? "",
    ]);
    return /REFUSED.*/.exec(ended.join("\n"))?.[0];
}

export const mysqlEmptied: Fault = {
    name: "mysql-emptied",
    what: "MySQL's files are not on its disk any more, and its pod is deleted",
    hosts: mysqlHost,
    goals: { notice: 180, repair: 120 },
    async break(scene) {
        const { context, host } = scene;
        const given = { VOLUME: await mysqlVolume(scene) };
        await remember(scene);
        await onHost(context, host, later(fillTimer, script("fill", given)));
        await onHost(context, host, script("empty", given));
        await deletePod(scene);
    },
    async noticed({ context }) {
        const now = await pod(context.api);
        return now && refusal(now);
    },
    repair: {
        what: "the files are moved back, kubectl delete pod mysql-0",
        async run(scene) {
            const { context, host } = scene;
            // Fails where MySQL has made a database meanwhile.
            await onHost(context, host, script("fill", { VOLUME: await mysqlVolume(scene) }));
            await deletePod(scene);
            await onHost(context, host, notLater(fillTimer));
        },
    },
    missing: another,
};
