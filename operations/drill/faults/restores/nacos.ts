import { nacos } from "../../../backup/mysql/nacos";
import { loggedIn } from "../../../status/nacos";
import { place } from "../../known/nacos";
import type { Fault, Scene } from "../fault";
import { restored, why, work } from "./restored";

/** Of those that every drill knows. */
const lost = place("known-1");
const id = `${lost.group}/${lost.dataId}`;

const client = ({ context: { api, stack } }: Scene) => loggedIn(api, stack.nacosPassword);

async function noConfiguration(scene: Scene): Promise<string | undefined> {
    const found = await (await client(scene)).read(lost);
    return found === undefined ? `Nacos has no configuration ${id}` : undefined;
}

export const nacosLost: Fault = {
    name: "nacos-lost",
    what: "A configuration is removed from Nacos",
    goals: { notice: 30, repair: 180 },
    spares: "all",
    prepare: async (scene) => void (await nacos.backup(work(scene), why)),
    break: async (scene) => (await client(scene)).remove(lost),
    noticed: noConfiguration,
    repair: { what: `npm run restore -- nacos --id ${id}`, run: (scene) => restored(scene, nacos, { id }) },
    missing: noConfiguration,
    putBack: async () => undefined,
};
