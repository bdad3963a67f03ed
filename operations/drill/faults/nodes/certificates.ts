import { renewal } from "../../../../cluster/certificates/renewal";
import type { Fault, Scene } from "../fault";
import { master } from "../hosts";
import { later, notLater, onHost, script } from "../script";

const unexpireTimer = "unexpire";

/** Seconds that the renewal has. */
const patience = 600;

/** What a client says that has no connection yet: those that are there go on. Nothing where it is answered. */
async function refusal({ context, host }: Scene): Promise<string | undefined> {
    return (await context.shell.run(host, "kubectl --request-timeout=5s get --raw /readyz >/dev/null\n", 15)).failure;
}

async function unexpired({ context, host }: Scene): Promise<void> {
    await onHost(context, host, script("unexpire") + notLater(unexpireTimer));
}

export const certificatesExpired: Fault = {
    name: "certificates-expired",
    what: "The API server's certificate ends",
    hosts: master,
    goals: { notice: 120, repair: 240 },
    spares: "all",
    async break({ context, host }) {
        await onHost(context, host, later(unexpireTimer, script("unexpire")));
        await onHost(context, host, script("expire"));
    },
    async noticed(scene) {
        const said = await refusal(scene);
        return said?.includes("certificate has expired") ? `kubectl: ${said}` : undefined;
    },
    repair: {
        what: `systemctl start ${renewal}`,
        async run(scene) {
            await onHost(scene.context, scene.host, `systemctl start ${renewal}\n`, patience);
            await unexpired(scene);
        },
    },
    missing: refusal,
    putBack: unexpired,
};
