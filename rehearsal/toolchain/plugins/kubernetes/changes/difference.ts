import { isDeepStrictEqual } from "node:util";
import { DiffKind } from "../../provider";
import { Unknown, Value, isMap } from "../../value";
import { Manifest } from "../object";
import { sameLeaf } from "./quantity";

type Path = (string | number)[];

/**
 * What has to change for the live object to become what the inputs say, by property path.
 *
 * @param live the live object, pruned to the fields of the old inputs
 * @param immutable paths whose change replaces the object
 */
export function difference(live: Manifest, inputs: Manifest, immutable: string[]): Record<string, DiffKind> {
    const found: Record<string, DiffKind> = {};
    const note = (path: Path, kind: "add" | "delete" | "update", value?: Value) => {
        found[pathText(path)] = replaces(path, value, immutable) ? `${kind}-replace` : kind;
    };
    const walk = (path: Path, old: Value | undefined, next: Value | undefined): void => {
        if (next === undefined) {
            note(path, "delete", old);
        } else if (next instanceof Unknown) {
            note(path, old === undefined ? "add" : "update", next);
        } else if (old === undefined) {
            note(path, "add", next);
        } else if (isMap(old) && isMap(next)) {
            for (const key of new Set([...Object.keys(old), ...Object.keys(next)])) {
                walk([...path, key], old[key], next[key]);
            }
        } else if (Array.isArray(old) && Array.isArray(next)) {
            for (let index = 0; index < Math.max(old.length, next.length); index++) {
                walk([...path, index], old[index], next[index]);
            }
        } else if (!sameLeaf(path.map(String), old, next)) {
            note(path, "update", next);
        }
    };
    walk([], live, inputs);
    return found;
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

function holds(value: Value | undefined, [key, ...rest]: string[]): boolean {
    if (key === undefined) {
        return true;
    }
    return Array.isArray(value)
        ? value.some((item) => holds(item, [key, ...rest]))
        : isMap(value) && value[key] !== undefined && holds(value[key], rest);
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
