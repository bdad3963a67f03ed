import { Markup, markup } from "./markup";
import { Range, ranges } from "./time";

const option = (value: string, label: string, chosen: boolean) =>
    markup`<option value="${value}"${chosen ? new Markup(" selected") : ""}>${label}</option>`;

export function choice(
    name: string,
    label: string,
    options: { value: string; label: string }[],
    chosen: string,
): Markup {
    const list = options.map((one) => option(one.value, one.label, one.value === chosen));
    return markup`<select name="${name}" aria-label="${label}">${list}</select>`;
}

export const rangeChoice = (range: Range) =>
    choice(
        "range",
        "Time range",
        ranges.map(({ name, label }) => ({ value: name, label })),
        range.name,
    );

export const rangeForm = (range: Range) => markup`<form>${rangeChoice(range)}<button>Refresh</button></form>`;
