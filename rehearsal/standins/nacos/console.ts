import { Handler, html, json } from "../http";
import { readiness, state, version } from "./api";
import { serverError, success } from "./result";
import { Settings } from "./settings";
import { Store } from "./store";

/** The console's port: its health and state, and a page that says what this is instead of the console. */
export function consoleApi(settings: Settings, store: Store, log: (line: string) => void): Handler {
    return async ({ method, path }) => {
        if (method === "GET" && ["/", "/index.html", "/next/"].includes(path)) return html(page(settings));
        if (method === "GET" && path === "/v3/console/server/state") return json(state(settings));
        if (method === "GET" && path === "/v3/console/health/liveness") return success("ok");
        if (method === "GET" && path === "/v3/console/health/readiness") {
            const reply = await readiness(store, log);
            return JSON.parse(reply.body).code === 0 ? reply : { ...reply, status: 500 };
        }
        return serverError(404, "Not Found", `No static resource ${path.slice(1)}.`, path);
    };
}

const page = (settings: Settings) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Nacos (stand-in)</title>
<style>
    body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: #1d2430; background: #fff }
    header { padding: 12px 24px; background: #fff4d6; border-bottom: 1px solid #e5c877 }
    main { max-width: 44rem; padding: 8px 24px }
    td { padding: 2px 24px 2px 0; vertical-align: top }
    code { font-size: 14px }
</style>
<header><strong>Stand-in for Nacos ${version}.</strong> The console is not part of it.</header>
<main>
    <h1>Nacos</h1>
    <p>This server keeps configurations and namespaces in MySQL and answers Nacos' HTTP API.</p>
    <table>
        <tr><td>Administration<td><code>:${settings.port}/nacos/v3/admin/</code>
        <tr><td>Clients<td><code>:${settings.port}/nacos/v3/client/</code>
        <tr><td>Log in<td><code>POST :${settings.port}/nacos/v3/auth/user/login</code>
        <tr><td>Health<td><code>/v3/console/health/readiness</code>
    </table>
</main>
`;
