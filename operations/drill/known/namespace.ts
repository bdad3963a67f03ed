import { type Api, ask } from "../../status/api";
import { waitFor } from "../../status/wait";
import { drillLabel } from "../avalanche/hog";

/** Removes a namespace of a drill's with all that is in it. @throws Error as long as it is not gone */
export async function removeNamespace(api: Api, name: string): Promise<void> {
    const { status, body } = await api.request("DELETE", `/api/v1/namespaces/${name}`);
    if (status === 404) return;
    throw new Error(status < 300 || status === 409 ? `namespace ${name} is being deleted` : body.slice(0, 200));
}

/** Makes a namespace of a drill's, when what an earlier run has left of it is gone. */
export async function makeNamespace(api: () => Api, name: string, label: string): Promise<void> {
    const gone = () =>
        removeNamespace(api(), name).then(
            () => true,
            () => false,
        );
    await waitFor(gone, 60, `namespace ${name} of an earlier drill is not gone`);
    const metadata = { name, labels: { [drillLabel]: label } };
    await ask(api(), "POST", "/api/v1/namespaces", {
        body: JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata }),
    });
}
