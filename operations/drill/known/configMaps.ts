import { randomBytes } from "node:crypto";
import { type Api, ask } from "../../status/api";
import type { Metadata } from "../../status/kinds";
import { waitFor } from "../../status/wait";
import { list } from "../cluster";
import { drillLabel } from "../avalanche/hog";
import { type Known, lostOf } from "./known";

const namespace = "drill-known";
const place = `/api/v1/namespaces/${namespace}`;
const count = 5;

export const configMapsKind = "ConfigMap that the cluster took";

/** ConfigMaps in a namespace of the drill's own: what etcd keeps. */
export function knownConfigMaps(api: () => Api): Known {
    const written = new Map<string, string>();
    const remove = async () => {
        const { status, body } = await api().request("DELETE", place);
        if (status === 404) return;
        throw new Error(
            status < 300 || status === 409 ? `namespace ${namespace} is being deleted` : body.slice(0, 200),
        );
    };
    const gone = () =>
        remove().then(
            () => true,
            () => false,
        );
    return {
        kind: configMapsKind,
        async write() {
            await waitFor(gone, 60, `namespace ${namespace} of an earlier drill is not gone`);
            const labels = { [drillLabel]: "known" };
            await ask(api(), "POST", "/api/v1/namespaces", {
                body: JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } }),
            });
            for (let number = 1; number <= count; number++) {
                const name = `known-${number}`;
                const content = randomBytes(16).toString("hex");
                await ask(api(), "POST", `${place}/configmaps`, {
                    body: JSON.stringify({
                        apiVersion: "v1",
                        kind: "ConfigMap",
                        metadata: { name },
                        data: { content },
                    }),
                });
                written.set(name, content);
            }
        },
        async compare() {
            const items = await list<{ metadata: Metadata; data?: { content?: string } }>(api(), `${place}/configmaps`);
            return lostOf(written, new Map(items.map(({ metadata, data }) => [metadata.name, data?.content ?? ""])));
        },
        remove,
    };
}
