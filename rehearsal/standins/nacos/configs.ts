import { createHash } from "node:crypto";

import { ApiError, pageOf, paged, required } from "./result";
import { Config, ConfigKey, HistoryEntry, Tables } from "./store";

/** Who asks, as the tables keep it. */
export interface Caller {
    user: string;
    ip: string;
}

const types = ["properties", "xml", "json", "text", "html", "htm", "yaml", "yml", "toml", "unset"];
/** The longest content, in characters. */
const maxContent = 10 * 1024 * 1024;

/** The namespace that a request means: none is `public`. */
export const namespaceOf = (parameters: URLSearchParams) => parameters.get("namespaceId")?.trim() || "public";

function keyOf(parameters: URLSearchParams): ConfigKey {
    const group = required(parameters, "groupName");
    return { group, dataId: required(parameters, "dataId"), namespace: namespaceOf(parameters) };
}

export async function getConfig(tables: Tables, parameters: URLSearchParams) {
    const config = await tables.config(keyOf(parameters));
    if (!config) throw new ApiError(404, "resource not found", "Config not exist, please publish Config first.");
    return {
        ...basic(config),
        createTime: config.created,
        modifyTime: config.modified,
        content: config.content,
        desc: config.description,
        encryptedDataKey: config.encryptedDataKey,
        createUser: config.user,
        createIp: config.ip,
        configTags: null,
    };
}

/** What a client gets, who is told of an absent configuration by a code in a reply that is itself well. */
export async function readConfig(tables: Tables, parameters: URLSearchParams) {
    const config = await tables.config(keyOf(parameters));
    if (!config) throw new ApiError(200, "resource not found", null);
    return {
        resultCode: 200,
        errorCode: 0,
        message: null,
        requestId: null,
        content: config.content,
        encryptedDataKey: config.encryptedDataKey,
        contentType: config.type,
        md5: config.md5,
        lastModified: config.modified,
        tag: null,
        beta: false,
        success: true,
    };
}

/** Inserts or updates; `casMd5`, when given, must be the MD5 of what is there. */
export async function publishConfig(tables: Tables, parameters: URLSearchParams, caller: Caller, casMd5?: string) {
    const key = keyOf(parameters);
    const content = required(parameters, "content");
    for (const [name, value] of [
        ["dataId", key.dataId],
        ["group", key.group],
    ])
        if (!/^[\p{L}\p{Nd}_.:-]+$/u.test(value.trim())) throw invalid(`invalid ${name} : ${value}`);
    if (content.length > maxContent) throw invalid(`invalid content, over ${maxContent}`);
    const type = parameters.get("type") ?? "";
    const old = await tables.config(key);
    if (casMd5 && old && old.md5 !== casMd5)
        throw new ApiError(500, "resource conflict", "Cas publish fail, server md5 may have changed.");
    const now = Date.now();
    const config = {
        ...key,
        content,
        md5: createHash("md5").update(content).digest("hex"),
        type: types.includes(type) ? type : "text",
        appName: parameters.get("appName") ?? old?.appName ?? "",
        description: parameters.get("desc") ?? old?.description ?? "",
        encryptedDataKey: parameters.get("encryptedDataKey") ?? "",
        ...caller,
        created: old?.created ?? now,
        modified: now,
    };
    if (old) await tables.updateConfig({ ...config, id: old.id });
    else await tables.insertConfig(config);
    await tables.insertHistory(entry(old ? "U" : "I", old ?? { ...config, id: 0 }, caller, now));
    return true;
}

export async function deleteConfig(tables: Tables, parameters: URLSearchParams, caller: Caller) {
    const old = await tables.config(keyOf(parameters));
    if (!old) return true;
    await tables.deleteConfig(old.id);
    await tables.insertHistory(entry("D", old, caller, Date.now()));
    return true;
}

/** `search=blur` (the default) takes `*` in `dataId` and `groupName` for anything; times are 0, as in the real list. */
export async function listConfigs(tables: Tables, parameters: URLSearchParams) {
    const page = pageOf(parameters);
    const exact = parameters.get("search") === "accurate";
    const pattern = (name: string) => {
        const literal = (parameters.get(name) ?? "").replace(/[\\%_]/g, "\\$&");
        return exact ? literal : literal.replaceAll("*", "%");
    };
    const filter = {
        namespace: namespaceOf(parameters),
        dataId: pattern("dataId"),
        group: pattern("groupName"),
        content: (parameters.get("configDetail") ?? "").replace(/[\\%_]/g, "\\$&"),
    };
    const { total, rows } = await tables.configs(filter, page);
    return paged(
        total,
        page,
        rows.map((config) => ({ ...basic(config), createTime: 0, modifyTime: 0 })),
    );
}

export async function listHistory(tables: Tables, parameters: URLSearchParams) {
    const key = keyOf(parameters);
    const page = pageOf(parameters);
    const { total, rows } = await tables.history(key, page);
    return paged(total, page, rows.map(historyItem));
}

export async function getHistory(tables: Tables, parameters: URLSearchParams) {
    keyOf(parameters);
    const nid = Number(required(parameters, "nid"));
    const found = Number.isInteger(nid) ? await tables.historyEntry(nid) : undefined;
    if (!found) throw new ApiError(404, "resource not found", `certain config history for nid = ${nid} not exist`);
    return {
        ...historyItem(found),
        content: found.content,
        encryptedDataKey: found.encryptedDataKey,
        grayName: "",
        extInfo: found.extInfo,
    };
}

const invalid = (detail: string) => new ApiError(400, "parameter validate error", detail);

/** Ids are strings in the API, because JavaScript can't hold every one of them. */
const basic = (config: Config) => ({
    id: String(config.id),
    namespaceId: config.namespace,
    groupName: config.group,
    dataId: config.dataId,
    md5: config.md5,
    type: config.type,
    appName: config.appName,
});

const historyItem = (found: HistoryEntry) => ({
    id: String(found.nid),
    namespaceId: found.namespace,
    groupName: found.group,
    dataId: found.dataId,
    md5: found.md5,
    type: null,
    appName: found.appName,
    createTime: found.created,
    modifyTime: found.modified,
    srcIp: found.ip,
    srcUser: found.user,
    opType: found.operation,
    publishType: "formal",
});

function entry(operation: HistoryEntry["operation"], config: Config, caller: Caller, now: number) {
    const { id, dataId, group, namespace, content, md5, appName, encryptedDataKey } = config;
    const extInfo = JSON.stringify({
        type: config.type,
        ...(config.user && { src_user: config.user }),
        ...(config.description && { c_desc: config.description }),
    });
    const row = { id, dataId, group, namespace, content, md5, appName, encryptedDataKey };
    return { ...row, operation, extInfo, ...caller, created: now, modified: now };
}
