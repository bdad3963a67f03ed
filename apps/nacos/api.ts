import https from "node:https";
import type { ApiServer } from "../../cluster/kubeconfig";

/** How the server is reached: through the proxy of the Kubernetes API, so that nothing of it is exposed. */
export interface Connection extends ApiServer {
    /** Of the user `nacos`, Nacos' administrator. */
    password: string;
}

/** Where a configuration is. */
export interface Place {
    namespace: string;
    group: string;
    dataId: string;
}

export interface Published {
    content: string;
    md5: string;
}

interface Reply {
    status: number;
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    body: any;
    text: string;
}

interface Ask {
    method: "GET" | "POST" | "DELETE";
    /** Below Nacos' context path. */
    path: string;
    query?: object;
    form?: object;
    headers?: Record<string, string>;
}

/** Nacos' context path, by way of the Kubernetes API's proxy of services. */
export const proxy = "/api/v1/namespaces/nacos/services/nacos:8848/proxy/nacos/";
/** What is asked, below it. */
export const paths = {
    login: "v3/auth/user/login",
    config: "v3/admin/cs/config",
    namespace: "v3/admin/core/namespace",
    /** A configuration as clients read it. */
    published: "v3/client/cs/config",
};
/** The administrator's name. */
export const administrator = "nacos";
const absent = 20004;
/** The code by which Nacos refuses to make a namespace that is there. */
export const namespaceExists = 22002;

/** An error that may pass by itself: nobody answers, or the one who does says that something behind it does not. */
function passing(message: string): Error {
    return Object.assign(new Error(message), { passing: true });
}

/** Asks as one user of the server; a token is fetched when it is first needed. All of it ends when `signal` says so. */
export interface Client {
    connection: Connection;
    signal: AbortSignal;
    token?: string;
}

/** What is published, or undefined where there is nothing. */
export async function getConfig(client: Client, place: Place): Promise<Published | undefined> {
    const reply = await asAdmin(client, { method: "GET", path: paths.config, query: address(place) });
    if (reply.status === 404 && reply.body?.code === absent) return undefined;
    const { content, md5 } = good(reply, "reading a configuration");
    return { content, md5 };
}

/** Publishes; `replaces` is the MD5 of what is there: where it is another by now, nothing is written. */
export async function publishConfig(
    client: Client,
    place: Place,
    what: { content: string; type: string },
    replaces?: string,
): Promise<void> {
    if (place.namespace !== "public" && replaces === undefined) await createNamespace(client, place.namespace);
    const reply = await asAdmin(client, {
        method: "POST",
        path: paths.config,
        form: { ...address(place), ...what },
        headers: replaces === undefined ? {} : { casMd5: replaces },
    });
    good(reply, "publishing a configuration");
}

export async function deleteConfig(client: Client, place: Place): Promise<void> {
    const reply = await asAdmin(client, { method: "DELETE", path: paths.config, query: address(place) });
    good(reply, "deleting a configuration");
}

async function createNamespace(client: Client, namespace: string): Promise<void> {
    const form = { namespaceId: namespace, namespaceName: namespace, namespaceDesc: "" };
    const reply = await asAdmin(client, { method: "POST", path: paths.namespace, form });
    if (reply.body?.code !== namespaceExists) good(reply, `making the namespace ${namespace}`);
}

/** Where a configuration is, as fields of a query or a form. */
export function address({ namespace, group, dataId }: Place) {
    return { namespaceId: namespace, groupName: group, dataId };
}

function good(reply: Reply, doing: string) {
    if (reply.status === 200 && reply.body?.code === 0) return reply.body.data;
    throw new Error(`Nacos: ${doing}: ${reply.status} ${reply.text.slice(0, 300)}`);
}

async function asAdmin(client: Client, ask: Ask): Promise<Reply> {
    client.token ??= await login(client);
    // As a header: a query is kept in the Kubernetes API's audit log, and the API takes `Authorization` for its own.
    return request(client, { ...ask, headers: { ...ask.headers, accessToken: client.token } });
}

async function login(client: Client): Promise<string> {
    const form = { username: administrator, password: client.connection.password };
    const reply = await request(client, { method: "POST", path: paths.login, form });
    if (reply.status === 200 && reply.body?.accessToken) return reply.body.accessToken;
    throw new Error(
        `Nacos does not let its user nacos in with the stack's password (${reply.status} ${reply.text.slice(0, 200)}); ` +
            "if another stack, or somebody by hand, gave it another: set it in Nacos' console to the output nacosPassword",
    );
}

function request(client: Client, ask: Ask): Promise<Reply> {
    const { server, authority, certificate, key } = client.connection;
    const query = ask.query ? `?${new URLSearchParams({ ...ask.query })}` : "";
    const body = ask.form ? new URLSearchParams({ ...ask.form }).toString() : "";
    const pem = (text: string) => Buffer.from(text, "base64");
    return new Promise((resolve, reject) => {
        const failed = (error: Error) =>
            reject(passing(`${server}: ${client.signal.aborted ? "no answer in time" : error.message}`));
        const options = {
            method: ask.method,
            headers: {
                ...ask.headers,
                ...(body && { "content-type": "application/x-www-form-urlencoded" }),
                "content-length": String(Buffer.byteLength(body)),
            },
            ca: pem(authority),
            cert: pem(certificate),
            key: pem(key),
            signal: client.signal,
        };
        const sent = https.request(new URL(proxy + ask.path + query, server), options, (response) => {
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("error", failed);
            response.on("end", () => {
                const text = Buffer.concat(chunks).toString();
                const reply = { status: response.statusCode ?? 0, body: parsed(text), text };
                // A `Status` is the Kubernetes API's own answer: it, and not Nacos, has refused.
                if (reply.body?.kind === "Status" || reply.status >= 500)
                    reject(passing(`${server}: ${reply.status} ${reply.body?.message ?? text.slice(0, 300)}`));
                else resolve(reply);
            });
        });
        sent.on("error", failed);
        sent.end(body);
    });
}

function parsed(text: string) {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
