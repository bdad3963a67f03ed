import { DiffRequest, DiffResult } from "../provider";
import { PropertyMap, Unknown, Value, isMap, withoutSecrets } from "../value";
import { isDeepStrictEqual } from "node:util";
import { Connection, Selection, activeCluster, ambientKubeconfig, connection, parseKubeconfig } from "./api/kubeconfig";

/** What a provider may and may not do. */
export interface Switches {
    deleteUnreachable: boolean;
    skipUpdateUnreachable: boolean;
    enablePatchForce: boolean;
    upsertExistingObjects: boolean;
    enableConfigMapMutable: boolean;
    enableSecretMutable: boolean;
}

const variables = {
    deleteUnreachable: "PULUMI_K8S_DELETE_UNREACHABLE",
    skipUpdateUnreachable: "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE",
    enablePatchForce: "PULUMI_K8S_ENABLE_PATCH_FORCE",
    upsertExistingObjects: "PULUMI_K8S_UPSERT_EXISTING_OBJECTS",
    enableConfigMapMutable: "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE",
    enableSecretMutable: "PULUMI_K8S_ENABLE_SECRET_MUTABLE",
    enableServerSideApply: "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY",
};

/** The switches of a provider: its own setting, else the environment's, else off. SDKs send booleans as text. */
export function switches(config: PropertyMap): Switches {
    const on = (key: keyof typeof variables) => String(config[key] ?? process.env[variables[key]] ?? "") === "true";
    if (String(config.enableServerSideApply ?? process.env[variables.enableServerSideApply] ?? "true") !== "true") {
        throw new Error("enableServerSideApply: false is not supported by this plugin; leave it out");
    }
    if (config.renderYamlToDirectory) {
        throw new Error("renderYamlToDirectory is not supported by this plugin; leave it out");
    }
    return {
        deleteUnreachable: on("deleteUnreachable"),
        skipUpdateUnreachable: on("skipUpdateUnreachable"),
        enablePatchForce: on("enablePatchForce"),
        upsertExistingObjects: on("upsertExistingObjects"),
        enableConfigMapMutable: on("enableConfigMapMutable"),
        enableSecretMutable: on("enableSecretMutable"),
    };
}

/** @throws Error when the kubeconfig can't be read or says too little; the cluster then counts as unreachable */
export function connectionOf(config: PropertyMap): Connection {
    let kubeconfig;
    try {
        kubeconfig = parseKubeconfig(kubeconfigText(config.kubeconfig) || ambientKubeconfig());
    } catch (error) {
        throw new Error(
            `failed to parse kubeconfig data in \`kubernetes:config:kubeconfig\`: ${(error as Error).message}`,
        );
    }
    return connection(kubeconfig, selectionOf(config));
}

function text(value: Value | undefined): string | undefined {
    return typeof value === "string" && value !== "" ? value : undefined;
}

/** Where namespaced objects go that name no namespace; undefined leaves it to the kubeconfig. */
export function configuredNamespace(config: PropertyMap): string | undefined {
    return text(config.namespace);
}

function selectionOf(config: PropertyMap): Selection {
    return { context: text(config.context), cluster: text(config.cluster) };
}

function kubeconfigText(value: Value | undefined): string {
    return isMap(value) ? JSON.stringify(value) : (text(value) ?? "");
}

/**
 * Whether a change of configuration means another cluster, so that everything in it is to be created again. The
 * cluster's identifier decides when it is set before and after; else what the kubeconfig's active cluster says. A
 * kubeconfig that is not known yet may be another cluster's, so it counts as one.
 */
export function diffConfiguration(request: DiffRequest): DiffResult {
    const before = withoutSecrets(
        Object.keys(request.oldOutputs).length ? request.oldOutputs : request.oldInputs,
    ) as PropertyMap;
    const after = withoutSecrets(request.inputs) as PropertyMap;
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    const diffs = [...keys].filter((key) => !isDeepStrictEqual(before[key] ?? null, after[key] ?? null));
    if (diffs.length === 0) {
        return { changed: false };
    }
    return { changed: true, diffs, replaces: replaces(before, after, diffs) };
}

function replaces(before: PropertyMap, after: PropertyMap, diffs: string[]): string[] {
    const identifier = [before.clusterIdentifier, after.clusterIdentifier].map(text);
    if (identifier[0] !== undefined && identifier[0] === identifier[1]) {
        return [];
    }
    const changed =
        identifier[0] && diffs.includes("clusterIdentifier") && after.clusterIdentifier ? ["clusterIdentifier"] : [];
    const place = ["kubeconfig", "context", "cluster"];
    const unknown = place.filter((key) => after[key] instanceof Unknown);
    if (unknown.length) {
        return [...changed, unknown[0]];
    }
    const [old, next] = [before, after].map((config) =>
        activeCluster(parseKubeconfig(kubeconfigText(config.kubeconfig)), selectionOf(config)),
    );
    const moved = old !== undefined && next !== undefined && !isDeepStrictEqual(old, next);
    return moved ? [...changed, ...place.filter((key) => diffs.includes(key))] : changed;
}
