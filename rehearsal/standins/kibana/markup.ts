/** HTML that is safe to send. */
export class Markup {
    constructor(readonly html: string) {}
}

type Value = Markup | Value[] | string | number | undefined;

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export const escape = (text: string) => text.replace(/[&<>"']/g, (character) => entities[character]);

/**
 * A template whose values are escaped, for text and for quoted attributes, unless they are markup themselves: log lines
 * come from whoever can make a program log, so nothing of them may be read as HTML.
 */
export function markup(parts: TemplateStringsArray, ...values: Value[]): Markup {
    return new Markup(parts.map((part, index) => part + (index < values.length ? render(values[index]) : "")).join(""));
}

function render(value: Value): string {
    if (value === undefined) return "";
    if (value instanceof Markup) return value.html;
    return Array.isArray(value) ? value.map(render).join("") : escape(String(value));
}
