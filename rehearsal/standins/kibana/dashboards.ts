import { Reply } from "../http";
import { rangeForm } from "./form";
import { Elasticsearch } from "./elasticsearch";
import { Markup, markup } from "./markup";
import { Objects, SavedObject, titleOf } from "./objects";
import { errorPage, page } from "./page";
import { rangeOf } from "./time";
import { chart } from "./visualization";

const address = "/app/dashboards";

/** The list of dashboards. */
export async function dashboards(objects: Objects): Promise<Reply> {
    const all = await objects.list(["dashboard"]);
    const items = all.map(
        (one) => markup`<li><a href="${address}/view/${encodeURIComponent(one.id)}">${titleOf(one)}</a>
<div class="muted">${String(one.attributes.description ?? "")}</div></li>
`,
    );
    const none = markup`<p class="muted">No dashboard has been imported.</p>`;
    const content = markup`<h1>Dashboards</h1>
<div class="card">${items.length ? markup`<ul class="list">${items}</ul>` : none}</div>`;
    return page("Dashboards", address, content);
}

/** One dashboard, its panels in the order of their places. */
export async function dashboard(
    elasticsearch: Elasticsearch,
    objects: Objects,
    id: string,
    parameters: URLSearchParams,
): Promise<Reply> {
    const found = await objects.get("dashboard", id);
    if (!found) return errorPage(`There is no dashboard ${id}.`, 404);
    const range = rangeOf(parameters.get("range"), found.attributes.timeFrom);
    const now = Date.now();
    const panels = await Promise.all(
        panelsOf(found).map(async (reference) => {
            const object = reference && (await objects.get(reference.type, reference.id));
            const title = object ? titleOf(object) : "Panel";
            const content = object
                ? await chart(elasticsearch, objects, object, range, now)
                : markup`<p class="problem">What this panel shows is not there.</p>`;
            return markup`<section class="card"><h2>${title}</h2>
${content}</section>
`;
        }),
    );
    const content: Markup = markup`<h1>${titleOf(found)}</h1>
${rangeForm(range)}
<div class="panels">${panels}</div>`;
    return page(titleOf(found), address, content);
}

/** What each panel refers to: by the bare name, or by the one that begins with the panel's own. */
function panelsOf(object: SavedObject) {
    const panels = JSON.parse(String(object.attributes.panelsJSON ?? "[]")) as {
        panelIndex?: string;
        panelRefName?: string;
        gridData?: { x: number; y: number };
    }[];
    const place = ({ gridData }: (typeof panels)[number]) => (gridData ? gridData.y * 100 + gridData.x : 0);
    return panels
        .sort((a, b) => place(a) - place(b))
        .map(({ panelIndex, panelRefName }) =>
            object.references.find(({ name }) => name === panelRefName || name === `${panelIndex}:${panelRefName}`),
        );
}
