import { createHash } from "node:crypto";

import { Reply, html } from "../http";
import { Markup, markup } from "./markup";
import { version } from "./objects";
import { style } from "./style";

/** The real server's links carry what they show behind a `#`, which never reaches a server. */
const script = `
const view = /^#\\/view\\/([^?/]+)/.exec(location.hash);
if (view && location.pathname === "/app/dashboards") location.replace("/app/dashboards/view/" + view[1]);
if (view && location.pathname === "/app/discover") location.replace("/app/discover?search=" + view[1]);
`;

const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `script-src 'sha256-${createHash("sha256").update(script).digest("base64")}'`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
].join("; ");

const links = [
    { name: "Discover", address: "/app/discover" },
    { name: "Dashboards", address: "/app/dashboards" },
];

/** A page with the banner and the links to the others; `address` is that of the part of Kibana that it belongs to. */
export function page(title: string, address: string, content: Markup, status = 200): Reply {
    const body = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – Kibana (stand-in)</title>
<link rel="icon" href="data:,">
<style>${new Markup(style)}</style>
<script>${new Markup(script)}</script>
</head>
<body>
<p class="banner"><strong>Stand-in for Kibana ${version}.</strong> It shows the imported saved objects; nothing more of Kibana is in it.</p>
<nav>
<span class="brand">Logs</span>
${links.map((link) => markup`<a href="${link.address}"${link.address === address ? new Markup(' aria-current="page"') : ""}>${link.name}</a>\n`)}</nav>
<main>
${content}
</main>
</body>
</html>
`;
    return {
        ...html(body.html, status),
        headers: { "content-security-policy": policy, "x-frame-options": "SAMEORIGIN" },
    };
}

export const errorPage = (message: string, status: number) =>
    page("Error", "", markup`<h1>This can’t be shown</h1><p class="problem">${message}</p>`, status);
