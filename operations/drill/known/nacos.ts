import { randomBytes } from "node:crypto";
import type { NacosClient } from "../../status/nacos";
import { type Known, lostOf } from "./known";

const count = 5;
/** Where a drill's configuration of a name is. */
export const place = (dataId: string) => ({ namespace: "public", group: "TEST_CLUSTER_DRILL", dataId });

/** Configurations in Nacos, read as a client does. `login` gives a client of now: Nacos may be another by then. */
export function knownConfigurations(login: () => Promise<NacosClient>): Known {
    const names = Array.from({ length: count }, (_, index) => `known-${index + 1}`);
    const written = new Map<string, string>();
    return {
        kind: "configuration that Nacos took",
        async write() {
            const nacos = await login();
            for (const name of names) {
                const content = randomBytes(16).toString("hex");
                await nacos.publish(place(name), content);
                written.set(name, content);
            }
        },
        async compare() {
            const nacos = await login();
            const found = new Map<string, string>();
            for (const name of written.keys()) {
                const content = await nacos.read(place(name));
                if (content !== undefined) found.set(name, content);
            }
            return lostOf(written, found);
        },
        async remove() {
            const nacos = await login();
            for (const name of names) await nacos.remove(place(name));
        },
    };
}
