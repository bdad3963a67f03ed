import { ask } from "../../../status/api";
import type { Fault } from "../fault";
import { upRefresh } from "../repair";

/** Seconds that a preview has. */
const patience = 300;

export const drift: Fault = {
    name: "drift",
    what: "A manifest is edited by hand: MySQL's service leads to a port that nobody listens on",
    goals: { notice: 180, repair: 240 },
    async break({ context }) {
        const ports = [{ name: "mysql", port: 3306, targetPort: 3307 }];
        await ask(context.api, "PATCH", "/api/v1/namespaces/mysql/services/mysql?fieldManager=by-hand", {
            body: JSON.stringify({ spec: { ports } }),
            type: "application/strategic-merge-patch+json",
        });
    },
    async noticed({ context, signal }) {
        const said = await context.pulumi(["preview", "--refresh"], patience, signal);
        const [line] = /\S*:Service\s+mysql\s+update.*/.exec(said) ?? [];
        return line && `pulumi preview --refresh: ${line.replace(/\s+/g, " ")}`;
    },
    repair: upRefresh,
};
