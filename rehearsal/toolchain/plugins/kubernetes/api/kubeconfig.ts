import { existsSync, readFileSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { load } from "js-yaml";
import { isMap, JsonObject, Value } from "../../value";
import { at, listAt, textAt } from "../object";

/** How to reach an API server and who to be there. Certificates and keys are PEM. */
export interface Connection {
    server: string;
    ca?: Buffer;
    cert?: Buffer;
    key?: Buffer;
    token?: string;
    insecure: boolean;
    serverName?: string;
    /** The context's namespace; `default` when it names none. */
    namespace: string;
}

export interface Selection {
    context?: string;
    cluster?: string;
}

/**
 * Reads a kubeconfig: the contents in YAML or JSON, or the path of a file of them. Empty stands for none.
 *
 * @throws Error when it is neither a file nor a kubeconfig
 */
export function parseKubeconfig(pathOrContents: string): JsonObject {
    const file = pathOrContents.replace(/^~(?=$|\/)/, os.homedir());
    const isFile = pathOrContents !== "" && !file.includes("\n") && file.length < 4096 && existsSync(file);
    const config = load(isFile ? readFileSync(file, "utf8") : pathOrContents || "{}") as Value;
    if (!isMap(config)) {
        throw new Error("it is neither the path of an existing file nor the contents of a kubeconfig in YAML or JSON");
    }
    return config as JsonObject;
}

/** The kubeconfig of the environment: the first existing file of KUBECONFIG, else the one in the home directory. */
export function ambientKubeconfig(): string {
    const files = (process.env.KUBECONFIG ?? "")
        .split(path.delimiter)
        .concat(path.join(os.homedir(), ".kube", "config"));
    return files.find((file) => file !== "" && existsSync(file)) ?? "";
}

function entry(config: JsonObject, list: string, key: string, name: string): Value | undefined {
    const found = listAt(config, list).find((item) => textAt(item, "name") === name);
    return found && at(found, key);
}

function activeContext(config: JsonObject, { context }: Selection): Value | undefined {
    return entry(config, "contexts", "context", context ?? textAt(config, "current-context"));
}

/** The entry of the cluster that a kubeconfig points to, or undefined when it points to none. */
export function activeCluster(config: JsonObject, selection: Selection): Value | undefined {
    const context = activeContext(config, selection);
    return context && entry(config, "clusters", "cluster", selection.cluster ?? textAt(context, "cluster"));
}

/**
 * What a kubeconfig says about reaching its active cluster.
 *
 * @throws Error naming what is missing, or a way of logging in that can't be used here
 */
export function connection(config: JsonObject, selection: Selection): Connection {
    const wanted = selection.context ?? textAt(config, "current-context");
    const context = activeContext(config, selection);
    if (!context) {
        const known = listAt(config, "contexts").map((item) => textAt(item, "name"));
        throw new Error(
            `the kubeconfig has no context "${wanted}"; ${known.length ? `it has ${known.join(", ")}` : "it has none at all"}`,
        );
    }
    const cluster = activeCluster(config, selection);
    if (!textAt(cluster, "server")) {
        throw new Error(`the kubeconfig's context "${wanted}" points to a cluster without a server`);
    }
    const user = entry(config, "users", "user", textAt(context, "user"));
    for (const unsupported of ["exec", "auth-provider"]) {
        if (at(user, unsupported)) {
            throw new Error(
                `the kubeconfig's user "${textAt(context, "user")}" logs in by ${unsupported}; use a client certificate or a token`,
            );
        }
    }
    return {
        server: textAt(cluster, "server").replace(/\/+$/, ""),
        ca: pem(cluster, "certificate-authority"),
        cert: pem(user, "client-certificate"),
        key: pem(user, "client-key"),
        token: textAt(user, "token") || fileText(textAt(user, "tokenFile")),
        insecure: at(cluster, "insecure-skip-tls-verify") === true,
        serverName: textAt(cluster, "tls-server-name") || undefined,
        namespace: textAt(context, "namespace") || "default",
    };
}

/** A PEM that is given inline in base64, or as a file. */
function pem(from: Value | undefined, key: string): Buffer | undefined {
    const inline = textAt(from, `${key}-data`);
    const file = textAt(from, key);
    return inline ? Buffer.from(inline, "base64") : file ? readFileSync(file) : undefined;
}

function fileText(file: string): string | undefined {
    return file ? readFileSync(file, "utf8").trim() : undefined;
}
