import { CORE_SCHEMA, type Event, EVENT_ID, getScalarValue, load, mergeTag, parseEvents, YAMLException } from "js-yaml";

/** One document of a stream of manifests. */
export interface Document {
    /** What it came from: a file's name. */
    file: string;
    /** From 1, in its file. */
    number: number;
    /** The line in its file that it begins on, from 1. */
    line: number;
    text: string;
    value: unknown;
}

/** A manifest that can't be read: in which document, on which line, and why. */
export class BadManifest extends Error {
    constructor({ file, number }: Pick<Document, "file" | "number">, line: number, reason: string) {
        super(`${file}, document ${number}, line ${line}: ${reason}`);
        this.name = "BadManifest";
    }
}

const schema = CORE_SCHEMA.withTags(mergeTag);

/**
 * The documents of a YAML or JSON text, without the empty ones.
 * @throws BadManifest where one is not YAML
 */
export function documents(text: string, file: string): Document[] {
    return split(text).map((piece, i) => {
        const document = { file, number: i + 1, ...piece };
        try {
            // Of two equal keys the last counts, as it does for the API server: charts do make such.
            return { ...document, value: load(piece.text, { schema, json: true }) };
        } catch (error) {
            if (!(error instanceof YAMLException)) throw error;
            throw new BadManifest(document, piece.line + (error.mark?.line ?? 0), `no YAML: ${error.reason}`);
        }
    });
}

/** Cuts at the markers between documents, which nothing inside a document can look like. */
function split(text: string): { text: string; line: number }[] {
    const pieces: { lines: string[]; line: number }[] = [{ lines: [], line: 1 }];
    for (const [i, line] of text
        .replace(/^\uFEFF/, "")
        .split(/\r?\n/)
        .entries()) {
        const [, rest] = /^(?:---|\.\.\.)(?=\s|$)(.*)$/.exec(line) ?? [];
        if (rest === undefined) pieces.at(-1)!.lines.push(line);
        // The marker's own line stays, as blanks, so that columns and lines are those of the file.
        else pieces.push({ lines: [`   ${rest}`], line: i + 1 });
    }
    const empty = ({ lines }: { lines: string[] }) => lines.every((line) => /^\s*(#.*)?$|^%/.test(line));
    return pieces.filter((piece) => !empty(piece)).map(({ lines, line }) => ({ text: lines.join("\n"), line }));
}

/** Where a value begins in a text, and what it has inside. */
interface Place {
    start: number;
    text: string;
    parts: Map<string, Place>;
}

/** The line of its file on which a document has a value, or else the nearest value around it. */
export function lineOf({ text, line }: Document, path: PropertyKey[]): number {
    const events = parseEvents(text, {}).values();
    // The first only says that a document begins.
    events.next();
    let place = placeOf(text, events);
    for (const key of path) place = place?.parts.get(String(key)) ?? place;
    return line + text.slice(0, place?.start).split("\n").length - 1;
}

/** Takes one value from the events; undefined where what is around it ends. */
function placeOf(source: string, events: Iterator<Event, undefined>): Place | undefined {
    const event = events.next().value;
    if (!event || event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT) return undefined;
    if (event.type === EVENT_ID.ALIAS) return { start: event.anchorStart, text: "", parts: new Map() };
    if (event.type === EVENT_ID.SCALAR) {
        return { start: Math.max(0, event.valueStart), text: getScalarValue(source, event), parts: new Map() };
    }
    const parts = new Map<string, Place>();
    for (let part = placeOf(source, events); part; part = placeOf(source, events)) {
        if (event.type === EVENT_ID.SEQUENCE) parts.set(String(parts.size), part);
        // A value is where its key is.
        else parts.set(part.text, { ...placeOf(source, events)!, start: part.start });
    }
    return { start: event.start, text: "", parts };
}
