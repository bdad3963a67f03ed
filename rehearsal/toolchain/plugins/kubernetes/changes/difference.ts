import { isDeepStrictEqual } from "node:util";
import { DiffKind } from "../../provider";
import { Unknown, Value, isMap } from "../../value";
import { Manifest, at } from "../object";
import { sameLeaf } from "./quantity";

type Path = (string | number)[];

/**
 * What has to change for the live object to become what the inputs say, by property path.
 *
 * @param live the live object, pruned to the fields of the old inputs
 * @param oldInputs what the server was last told; a value of it that the server keeps silent about is no difference
 * @param immutable paths whose change replaces the object
 */
export function difference(
    live: Manifest,
    inputs: Manifest,
    oldInputs: Manifest,
    immutable: string[],
): Record<string, DiffKind> {
    const found: Record<string, DiffKind> = {};
    const note = (path: Path, kind: "add" | "delete" | "update", value?: Value) => {
        found[pathText(path)] = replaces(path, value, immutable) ? `${kind}-replace` : kind;
    };
    const walk = (path: Path, old: Value | undefined, next: Value | undefined, told: Value | undefined): void => {
        if (next === undefined) {
            note(path, "delete", old);
        } else if (next instanceof Unknown) {
            note(path, old === undefined ? "add" : "update", next);
        } else if (old === undefined) {
            if (!(isEmpty(next) && isDeepStrictEqual(next, told))) {
                note(path, "add", next);
            }
        } else if (isMap(old) && isMap(next)) {
            for (const key of new Set([...Object.keys(old), ...Object.keys(next)])) {
                walk([...path, key], old[key], next[key], at(told, key));
            }
        } else if (Array.isArray(old) && Array.isArray(next)) {
            for (let index = 0; index < Math.max(old.length, next.length); index++) {
                walk([...path, index], old[index], next[index], Array.isArray(told) ? told[index] : undefined);
            }
        } else if (!sameLeaf(path.map(String), old, next)) {
            note(path, "update", next);
        }
    };
    walk([], live, inputs, oldInputs);
    return found;
}

/** The server leaves out fields that are empty. */
function isEmpty(value: Value): boolean {
    return (
        value === "" ||
        value === 0 ||
        value === false ||
        value === null ||
        (Array.isArray(value) && value.length === 0) ||
        (isMap(value) && Object.values(value).every(isEmpty))
    );
}

/** Whether a changed path is an immutable field, lies in one, or holds one. */
function replaces(path: Path, value: Value | undefined, immutable: string[]): boolean {
    const keys = path.filter((token) => typeof token === "string");
    return immutable.some((field) => {
        const wanted = field.split(".");
        const shared = Math.min(keys.length, wanted.length);
        return isDeepStrictEqual(keys.slice(0, shared), wanted.slice(0, shared)) && holds(value, wanted.slice(shared));
    });
}

function holds(value: Value | undefined, rest: string[]): boolean {
    return (
        rest.length === 0 ||
        (Array.isArray(value) ? value.some((item) => holds(item, rest)) : at(value, ...rest) !== undefined)
    );
}

function pathText(path: Path): string {
    return path
        .map((token, index) => {
            if (typeof token === "number") {
                return `[${token}]`;
            }
            return /[."[\]]/.test(token) ? `["${token.replaceAll('"', '\\"')}"]` : index ? `.${token}` : token;
        })
        .join("");
}

/** Whether a property path is one of those to ignore, or lies under one. */
export function isIgnored(path: string, ignoreChanges: string[]): boolean {
    return ignoreChanges.some(
        (ignored) => path === ignored || path.startsWith(`${ignored}.`) || path.startsWith(`${ignored}[`),
    );
}
