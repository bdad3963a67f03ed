import * as fs from "node:fs";
import * as path from "node:path";

/** One HTML page that needs nothing else, in light and dark. `body` is HTML; `style` is CSS beside the common one. */
export function page(title: string, body: string, style = ""): string {
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>
${fs.readFileSync(path.join(__dirname, "style.css"), "utf8")}${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

/** A cell of a table, of a class or of several. */
export function cell(text: string, kind = ""): string {
    return `<td${kind && ` class="${kind}"`}>${escape(text)}</td>`;
}

/** A table of rows of cells, which scrolls where it has no room. */
export function table(heads: string[], rows: string[][]): string {
    const head = heads.map((text) => `<th>${escape(text)}</th>`).join("");
    const body = rows.map((cells) => `<tr>${cells.join("")}</tr>`).join("\n");
    return `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
}

/** A text as HTML and SVG take it, between tags and in attributes. */
export function escape(text: string): string {
    const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
    return text.replace(/[&<>"']/g, (character) => names[character]);
}
