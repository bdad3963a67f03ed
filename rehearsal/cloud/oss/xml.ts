/** A part of an XML document: its text, what it has by name, or a list of those under one name. */
export type Xml = string | number | boolean | { [name: string]: Xml | Xml[] | undefined };

/** A document; what is undefined is left out. */
export function document(name: string, content: Xml): string {
    return `<?xml version="1.0" encoding="UTF-8"?>\n${element(name, content)}`;
}

function element(name: string, content: Xml | Xml[]): string {
    if (Array.isArray(content)) return content.map((each) => element(name, each)).join("");
    if (typeof content !== "object") return `<${name}>${escape(String(content))}</${name}>`;
    const inner = Object.entries(content).map(([key, value]) => (value === undefined ? "" : element(key, value)));
    return `<${name}>${inner.join("")}</${name}>`;
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escape(text: string): string {
    return text.replace(/[&<>"]/g, (each) => entities[each]);
}

/** The texts of all elements of a name. */
export function texts(xml: string, name: string): string[] {
    const found = xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, "g"));
    return [...found].map(([, text]) => text.replace(/&(#?\w+);/g, (entity, name: string) => sign(entity, name)));
}

/** What an entity stands for: one of the named ones, or a character by its number. */
function sign(entity: string, name: string): string {
    if (name.startsWith("#")) return String.fromCodePoint(Number(name.replace(/^#x/, "0x").replace(/^#/, "")));
    return Object.entries(entities).find(([, written]) => written === entity)?.[0] ?? entity;
}
