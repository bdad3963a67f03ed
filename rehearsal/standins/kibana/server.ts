import { Handler, json, redirect, text } from "../http";
import { api } from "./api";
import { dashboard, dashboards } from "./dashboards";
import { discover } from "./discover";
import { Elasticsearch, ElasticsearchError } from "./elasticsearch";
import { Objects } from "./objects";
import { errorPage } from "./page";

/** The whole server, which answers 503 until it is started. */
export function kibana(elasticsearch: Elasticsearch, objects: Objects): { handler: Handler; start: () => void } {
    let ready = false;
    const objectsApi = api(elasticsearch, objects);
    const route: Handler = async (request) => {
        const { method, path, parameters } = request;
        if (path.startsWith("/api/")) return objectsApi(request);
        if (method !== "GET" && method !== "HEAD") return text("Not Found", 404);
        const view = /^\/app\/dashboards\/view\/([^/]+)$/.exec(path);
        if (view) return dashboard(elasticsearch, objects, decodeURIComponent(view[1]), parameters);
        if (path === "/app/dashboards") return dashboards(objects);
        if (path === "/app/discover") return discover(elasticsearch, objects, parameters);
        if (["/", "/app", "/app/home", "/app/kibana"].includes(path)) return redirect("/app/discover");
        return errorPage("There is no such page.", 404);
    };
    const handler: Handler = async (request) => {
        if (!ready) return text("Kibana server is not ready yet", 503);
        try {
            return await route(request);
        } catch (error) {
            if (!(error instanceof ElasticsearchError)) throw error;
            if (!request.path.startsWith("/api/")) return errorPage(error.message, 503);
            const status = error.status || 503;
            return json({ statusCode: status, error: "Elasticsearch", message: error.message }, status);
        }
    };
    return { handler, start: () => (ready = true) };
}
