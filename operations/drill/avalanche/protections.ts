import { keptMark } from "../../../cluster/guardrails/labels";
import { type Api, ask } from "../../status/api";
import { list } from "../cluster";

/** The admission policies' bindings: what is refused by them is let in while a drill has them. */

const bindings = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings";

interface Binding {
    metadata: { name: string; annotations?: Record<string, string> };
    spec: { validationActions?: string[] };
}

/** Lets in what the guardrails refuse. */
export async function letIn(api: Api): Promise<void> {
    for (const { metadata, spec } of await list<Binding>(api, bindings)) {
        const { validationActions = [] } = spec;
        if (!metadata.name.startsWith("guardrails-") || !validationActions.includes("Deny")) continue;
        const annotations = { [keptMark]: JSON.stringify(validationActions) };
        await patch(api, metadata.name, { metadata: { annotations }, spec: { validationActions: ["Warn"] } });
    }
}

/** Has every binding that a drill let in refuse again. */
export async function refuseAgain(api: Api): Promise<void> {
    for (const { metadata } of await list<Binding>(api, bindings)) {
        const before = metadata.annotations?.[keptMark];
        if (before === undefined) continue;
        const spec = { validationActions: JSON.parse(before) as string[] };
        await patch(api, metadata.name, { metadata: { annotations: { [keptMark]: null } }, spec });
    }
}

async function patch(api: Api, name: string, change: object): Promise<void> {
    const asked = { body: JSON.stringify(change), type: "application/merge-patch+json" };
    await ask(api, "PATCH", `${bindings}/${name}`, asked);
}
