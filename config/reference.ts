import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { schema } from "../config";

/** A key of the configuration as the reference shows it; keys of a list's elements follow `[]`. */
export interface Entry {
    key: string;
    type: string;
    /** Lines of JSON. */
    default: string[];
    required: boolean;
    meaning: string;
}

export const referenceFile = path.join(__dirname, "..", "docs", "configuration.md");

/** Every key that takes a value, in the schema's order. */
export function entries(type: z.ZodType = schema, key = "", inherited?: unknown): Entry[] {
    const { inner, value, optional, meaning } = unwrap(type, inherited);
    if (inner instanceof z.ZodObject) {
        const values = value as Record<string, unknown> | undefined;
        return Object.entries(inner.shape as Record<string, z.ZodType>)
            .flatMap(([name, child]) => entries(child, key ? `${key}.${name}` : name, values?.[name]))
            .map((entry) => ({ ...entry, meaning: [meaning, entry.meaning].filter(Boolean).join(": ") }));
    }
    const own: Entry = {
        key,
        type: typeName(inner),
        // A list of objects has an element a line.
        default: value === undefined ? [] : isList(inner) ? (value as object[]).map(json) : [json(value)],
        required: !optional && value === undefined,
        meaning,
    };
    return isList(inner) ? [own, ...entries(inner.element as z.ZodType, `${key}[]`)] : [own];
}

function isList(type: z.ZodType): type is z.ZodArray {
    return type instanceof z.ZodArray && unwrap(type.element as z.ZodType).inner instanceof z.ZodObject;
}

/** JSON that is easy to read, and YAML too. */
function json(value: unknown): string {
    return JSON.stringify(value, null, 1)
        .replace(/\n */g, " ")
        .replace(/^(\[|\{) | (\]|\})$/g, "$1$2");
}

/** A type without what wraps it, and what the wrapping says. The outermost description wins. */
function unwrap(type: z.ZodType, inherited?: unknown) {
    let value = inherited;
    let optional = false;
    let meaning = type.description;
    while (type instanceof z.ZodDefault || type instanceof z.ZodPrefault || type instanceof z.ZodOptional) {
        if (type instanceof z.ZodOptional) optional = true;
        else value ??= type.def.defaultValue;
        type = type.unwrap() as z.ZodType;
        meaning ??= type.description;
    }
    return { inner: type, value, optional, meaning: meaning ?? "" };
}

function typeName(type: z.ZodType): string {
    const { inner } = unwrap(type);
    if (inner instanceof z.ZodEnum) return inner.options.map((option) => JSON.stringify(option)).join(" or ");
    if (inner instanceof z.ZodArray) return `list of ${typeName(inner.element as z.ZodType)}`;
    if (inner instanceof z.ZodRecord) return `map to ${typeName(inner.valueType as z.ZodType)}`;
    if (inner instanceof z.ZodNumber) {
        const bounds = [inner.minValue, inner.maxValue].map((bound) =>
            Number.isFinite(bound) && Math.abs(bound!) < Number.MAX_SAFE_INTEGER ? bound : undefined,
        );
        const [least, most] = bounds;
        const range = most !== undefined ? ` ${least} to ${most}` : least ? ` from ${least}` : "";
        return `${inner.isInt ? "integer" : "number"}${range}`;
    }
    if (inner instanceof z.ZodObject) return "object";
    if (inner instanceof z.ZodBoolean) return "boolean";
    return inner instanceof z.ZodString ? "string" : "any";
}

/** The reference as Markdown: a table for each top-level key. */
export function reference(): string {
    const sections = new Map<string, Entry[]>();
    for (const entry of entries()) {
        const section = /^\w+/.exec(entry.key)![0];
        sections.set(section, [...(sections.get(section) ?? []), entry]);
    }
    return [
        "# Configuration",
        "The keys of a stack's file, `Pulumi.<stack>.yaml`, each with the prefix `test-cluster:`; nested keys are dotted, " +
            "`[]` stands for each element of a list. The region is `alicloud:region`.",
        "Generated from the schema in `config.ts` by `npx tsx config/reference.ts`.",
        ...[...sections].flatMap(([name, list]) => [`## ${name}`, table(list)]),
        "",
    ]
        .join("\n\n")
        .replace(/\n+$/, "\n");
}

function table(list: Entry[]): string {
    const code = (text: string) => `\`${text.replaceAll("|", "\\|")}\``;
    const rows = [
        ["Key", "Type", "Default", "Meaning"],
        ...list.map((entry) => [
            code(entry.key),
            entry.type,
            entry.required ? "required" : entry.default.map(code).join("<br>"),
            entry.meaning,
        ]),
    ];
    const widths = rows[0].map((_, column) => Math.max(3, ...rows.map((row) => row[column].length)));
    const line = (cells: string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
    const [head, ...body] = rows;
    return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}

if (require.main === module) {
    fs.mkdirSync(path.dirname(referenceFile), { recursive: true });
    fs.writeFileSync(referenceFile, reference());
}
