import { randomBytes } from "node:crypto";
import { type Api, ask } from "../../status/api";
import type { Metadata } from "../../status/kinds";
import { list } from "../cluster";
import { type Known, lostOf } from "./known";
import { makeNamespace, removeNamespace } from "./namespace";

const namespace = "drill-known";
const place = `/api/v1/namespaces/${namespace}`;
const count = 5;

export const configMapsKind = "ConfigMap that the cluster took";

/** ConfigMaps in a namespace of the drill's own: what etcd keeps. */
export function knownConfigMaps(api: () => Api): Known {
    const written = new Map<string, string>();
    const remove = () => removeNamespace(api(), namespace);
    return {
        kind: configMapsKind,
        async write() {
            await makeNamespace(api, namespace, "known");
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
