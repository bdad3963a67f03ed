import { Handler, Reply, Request, json, text } from "../http";
import * as configs from "./configs";
import * as namespaces from "./namespaces";
import { ApiError, failure, required, serverError, success } from "./result";
import { Settings } from "./settings";
import { Store, StoreError, Tables } from "./store";
import { TokenError, sign, verify } from "./token";
import * as users from "./users";

export const version = "3.1.0";
const context = "/nacos";

/** What a route needs: nothing, any user, or an administrator when the API that it belongs to is secured. */
type Access = "everyone" | "user" | "open" | "admin";
type Answer = (request: Request, caller: configs.Caller) => Promise<Reply> | Reply;

/** Nacos' HTTP API, as far as the stack uses it, under `/nacos`. */
export function api(settings: Settings, store: Store, log: (line: string) => void): Handler {
    const routes = routesOf(settings, store, log);
    return async (request) => {
        const route = routes[`${request.method} ${request.path}`];
        if (!route) return serverError(404, "Not Found", `No static resource ${request.path.slice(1)}.`, request.path);
        const [access, answer] = route;
        try {
            const caller = await identify(settings, store, request, access);
            return await answer(request, caller);
        } catch (error) {
            if (error instanceof ApiError) return failure(error);
            if (error instanceof users.PasswordError) return text(error.message, error.status);
            if (error instanceof Denied) return serverError(403, "Forbidden", error.message, request.path);
            log(`${request.method} ${request.path}: ${(error as Error).message}`);
            const kind = error instanceof StoreError ? "data access error" : "server error";
            return failure(new ApiError(500, kind, (error as Error).message));
        }
    };
}

/** No permission. */
class Denied extends Error {}

function routesOf(
    settings: Settings,
    store: Store,
    log: (line: string) => void,
): { [route: string]: [Access, Answer] } {
    type Work = (tables: Tables, parameters: URLSearchParams, caller: configs.Caller) => Promise<unknown>;
    const data =
        (work: Work): Answer =>
        async (request, caller) =>
            success(await store.transaction((tables) => work(tables, request.parameters, caller)));
    const publish: Answer = async ({ parameters, headers }, caller) => {
        const casMd5 = headers.casmd5?.toString();
        const work = (tables: Tables) => configs.publishConfig(tables, parameters, caller, casMd5);
        return success(await store.transaction(work));
    };
    const core = `${context}/v3/admin/core`;
    const cs = `${context}/v3/admin/cs`;
    const user = `${context}/v3/auth/user`;
    return {
        [`GET ${core}/state`]: ["everyone", () => success(state(settings))],
        [`GET ${core}/state/liveness`]: ["everyone", () => success("ok")],
        [`GET ${core}/state/readiness`]: ["everyone", () => readiness(store, log)],
        [`GET ${core}/namespace/list`]: ["admin", data(namespaces.listNamespaces)],
        [`GET ${core}/namespace/check`]: ["admin", data(namespaces.countNamespace)],
        [`GET ${core}/namespace`]: ["admin", data(namespaces.getNamespace)],
        [`POST ${core}/namespace`]: ["admin", data(namespaces.createNamespace)],
        [`PUT ${core}/namespace`]: ["admin", data(namespaces.updateNamespace)],
        [`DELETE ${core}/namespace`]: ["admin", data(namespaces.deleteNamespace)],
        [`GET ${cs}/config`]: ["admin", data(configs.getConfig)],
        [`POST ${cs}/config`]: ["admin", publish],
        [`DELETE ${cs}/config`]: ["admin", data(configs.deleteConfig)],
        [`GET ${cs}/config/list`]: ["admin", data(configs.listConfigs)],
        [`GET ${cs}/history/list`]: ["admin", data(configs.listHistory)],
        [`GET ${cs}/history`]: ["admin", data(configs.getHistory)],
        [`GET ${context}/v3/client/cs/config`]: ["open", data(configs.readConfig)],
        [`POST ${user}/admin`]: ["everyone", (request) => createAdmin(store, request)],
        [`POST ${user}/login`]: ["everyone", (request) => login(settings, store, request)],
        [`PUT ${user}`]: ["user", (request, caller) => changePassword(store, request, caller)],
    };
}

/**
 * Whether the storage answers. A server that is not ready says so in the code of a reply that is itself well (200):
 * only the console's address of the same name answers with 500.
 */
export async function readiness(store: Store, log: (line: string) => void): Promise<Reply> {
    try {
        await store.transaction((tables) => tables.configCount(""));
        return success("ok");
    } catch (error) {
        log(`not ready: ${(error as Error).message}`);
        return json({ code: 30000, message: "config not in readiness", data: null });
    }
}

export const state = (settings: Settings) => ({
    version,
    startup_mode: "standalone",
    function_mode: null,
    server_port: String(settings.port),
    datasource_platform: "mysql",
    auth_enabled: String(settings.auth.open),
    auth_system_type: "nacos",
    stand_in: "true",
});

/** Who asks, checked as far as the route needs it. */
async function identify(settings: Settings, store: Store, request: Request, access: Access): Promise<configs.Caller> {
    const { auth } = settings;
    const nobody = { user: "", ip: request.remote };
    const checked = { everyone: false, user: auth.open || auth.admin, open: auth.open, admin: auth.admin }[access];
    if (!checked) return nobody;
    if (access !== "user" && request.headers[auth.identity.header] === auth.identity.value) return nobody;
    const user = await userOf(settings, store, request);
    const allowed = access === "user" || (await store.transaction((tables) => users.isAdmin(tables, user)));
    if (!allowed) throw new Denied("Code: 403, Message: authorization failed!.");
    return { ...nobody, user };
}

/** The user by its token, or by the name and password in the parameters. */
async function userOf(settings: Settings, store: Store, { headers, parameters }: Request): Promise<string> {
    const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1];
    const token = bearer ?? parameters.get("accessToken") ?? headers.accesstoken?.toString();
    try {
        if (token) return verify(settings.auth.key, token);
        await users.checkPassword(store, parameters.get("username"), parameters.get("password"));
        return parameters.get("username")!;
    } catch (error) {
        if (error instanceof TokenError || error instanceof users.PasswordError)
            throw new Denied(`Code: 401, Message: ${error.message}.`);
        throw error;
    }
}

async function createAdmin(store: Store, { parameters }: Request): Promise<Reply> {
    const made = await users.createAdmin(store, parameters.get("password"));
    return made ? success(made) : json({ code: 409, message: "have admin user cannot use it.", data: null });
}

async function login(settings: Settings, store: Store, { parameters }: Request): Promise<Reply> {
    const username = parameters.get("username");
    const globalAdmin = await users.checkPassword(store, username, parameters.get("password"));
    const { key, seconds } = settings.auth;
    const accessToken = sign(key, username!, seconds);
    const reply = json({ accessToken, tokenTtl: seconds, globalAdmin, username });
    return { ...reply, headers: { authorization: `Bearer ${accessToken}` } };
}

async function changePassword(store: Store, { parameters }: Request, caller: configs.Caller): Promise<Reply> {
    const username = required(parameters, "username");
    const own = caller.user === username;
    if (!own && !(await store.transaction((tables) => users.isAdmin(tables, caller.user))))
        throw new Denied("authorization failed!");
    await users.changePassword(store, username, required(parameters, "newPassword"));
    return success("update user ok!");
}
