import { Handler, Reply, Request, json } from "../http";
import { Elasticsearch } from "./elasticsearch";
import { formFile } from "./multipart";
import { Objects, titleOf, version } from "./objects";
import { ExportRequest, FormatError, exportObjects, importObjects } from "./transfer";

const started = new Date().toISOString();

/** The part of Kibana's HTTP API that the stack uses: its state and the saved objects. */
export function api(elasticsearch: Elasticsearch, objects: Objects): Handler {
    return async (request) => {
        const { method, path, headers } = request;
        if (method === "GET" && path === "/api/status") return status(elasticsearch, request.parameters);
        if (method !== "GET" && method !== "HEAD" && !headers["kbn-xsrf"] && !headers["kbn-version"])
            return error(400, "Bad Request", "Request must contain a kbn-xsrf header.");
        if (method === "POST" && path === "/api/saved_objects/_import") return imported(objects, request);
        if (method === "POST" && path === "/api/saved_objects/_export") return exported(objects, request);
        if (method === "GET" && path === "/api/saved_objects/_find") return found(objects, request.parameters);
        const one = /^\/api\/saved_objects\/([^/_][^/]*)\/([^/]+)$/.exec(path);
        if (one && ["GET", "DELETE"].includes(method)) {
            const [type, id] = one.slice(1).map(decodeURIComponent);
            const object = await objects.get(type, id);
            if (!object) return error(404, "Not Found", `Saved object [${type}/${id}] not found`);
            if (method === "GET") return json({ ...object, namespaces: ["default"] });
            await objects.delete(type, id);
            return json({});
        }
        return error(404, "Not Found", "Not Found");
    };
}

/** In the form of 7.17, or with `v8format=true` in that of 8. */
async function status(elasticsearch: Elasticsearch, parameters: URLSearchParams): Promise<Reply> {
    let problem = "";
    try {
        await elasticsearch.request("GET", "/_cluster/health?timeout=5s");
    } catch (reason) {
        problem = (reason as Error).message;
    }
    const common = {
        name: "kibana (stand-in)",
        uuid: "00000000-0000-4000-8000-000000000000",
        version: { number: version, build_hash: "stand-in", build_number: 0, build_snapshot: false },
    };
    const level = problem ? "unavailable" : "available";
    const summary = problem ? `Elasticsearch is unavailable: ${problem}` : "Elasticsearch is available";
    const state = problem ? "red" : "green";
    const legacy = {
        overall: {
            ...{ since: started, state, level, title: problem ? "Red" : "Green", icon: problem ? "danger" : "success" },
            nickname: problem ? "Danger Will Robinson! Danger!" : "Looking good",
        },
        statuses: [{ id: `core:elasticsearch@${version}`, message: summary, since: started, state }],
    };
    const newer = {
        overall: { level, summary: problem ? summary : "All services are available" },
        core: { elasticsearch: { level, summary }, savedObjects: { level, summary } },
        plugins: {},
    };
    const body = parameters.get("v8format") === "true" ? newer : legacy;
    return json({ ...common, status: body }, problem ? 503 : 200);
}

async function imported(objects: Objects, { parameters, headers, body }: Request): Promise<Reply> {
    if (!headers["content-type"]?.startsWith("multipart/form-data"))
        return error(415, "Unsupported Media Type", "Unsupported Media Type");
    const file = formFile(headers["content-type"], body, "file");
    if (!file) return error(400, "Bad Request", "[request body.file]: expected value of type [Stream]");
    const extension = /\.[^.]*$/.exec(file.name)?.[0] ?? ".";
    if (extension.toLowerCase() !== ".ndjson") return error(400, "Bad Request", `Invalid file extension ${extension}`);
    return orBadRequest(async () =>
        json(await importObjects(objects, file.text, parameters.get("overwrite") === "true")),
    );
}

function exported(objects: Objects, { body }: Request): Promise<Reply> {
    return orBadRequest(async () => {
        const file = await exportObjects(objects, JSON.parse(body.toString() || "{}") as ExportRequest);
        const headers = { "content-disposition": 'attachment; filename="export.ndjson"' };
        return { status: 200, type: "application/ndjson", body: file, headers };
    });
}

async function orBadRequest(work: () => Promise<Reply>): Promise<Reply> {
    try {
        return await work();
    } catch (reason) {
        if (!(reason instanceof FormatError) && !(reason instanceof SyntaxError)) throw reason;
        return error(400, "Bad Request", reason.message);
    }
}

async function found(objects: Objects, parameters: URLSearchParams): Promise<Reply> {
    const types = parameters.getAll("type");
    if (!types.length)
        return error(
            400,
            "Bad Request",
            "[request query.type]: expected at least one defined value but got [undefined]",
        );
    const page = Math.max(1, Number(parameters.get("page")) || 1);
    const size = Number(parameters.get("per_page") ?? 20);
    const words = (parameters.get("search") ?? "").toLowerCase().replaceAll("*", "").trim();
    const all = (await objects.list(types)).filter((object) => titleOf(object).toLowerCase().includes(words));
    return json({
        ...{ page, per_page: size, total: all.length },
        saved_objects: all
            .slice((page - 1) * size, page * size)
            .map((object) => ({ ...object, score: 0, namespaces: ["default"] })),
    });
}

const error = (statusCode: number, name: string, message: string): Reply =>
    json({ statusCode, error: name, message }, statusCode);
