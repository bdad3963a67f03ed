import { Objects, SavedObject, titleOf } from "./objects";

/** The kinds of objects that can be imported; the pages show the first four. */
const importable = ["index-pattern", "search", "visualization", "dashboard", "lens", "query", "tag"];
/** The kinds that must be there when an object that refers to them comes. */
const referred = ["index-pattern", "search"];

/** Lines that can't be read. */
export class FormatError extends Error {}

/** Imports what the file says, as far as nothing speaks against it, and says what came of it. */
export async function importObjects(objects: Objects, file: string, overwrite: boolean) {
    const read = parse(file);
    const present = new Map((await objects.list(importable)).map((object) => [key(object), object]));
    const coming = new Set(read.map(key));
    const errors: object[] = [];
    const accepted: SavedObject[] = [];
    for (const object of read) {
        const missing = object.references.filter(
            (one) => referred.includes(one.type) && !coming.has(key(one)) && !present.has(key(one)),
        );
        const problem = !importable.includes(object.type)
            ? { type: "unsupported_type" }
            : missing.length
              ? { type: "missing_references", references: missing.map(({ type, id }) => ({ type, id })) }
              : present.has(key(object)) && !overwrite
                ? { type: "conflict" }
                : undefined;
        if (problem) errors.push({ ...described(object), title: titleOf(object), error: problem });
        else accepted.push(object);
    }
    await objects.write(accepted);
    return {
        successCount: accepted.length,
        success: !errors.length,
        warnings: [],
        ...(accepted.length && {
            successResults: accepted.map((object) => ({
                ...described(object),
                ...(present.has(key(object)) && { overwrite: true }),
            })),
        }),
        ...(errors.length && { errors }),
    };
}

export interface ExportRequest {
    type?: string | string[];
    objects?: { type: string; id: string }[];
    includeReferencesDeep?: boolean;
    excludeExportDetails?: boolean;
}

/**
 * The objects, what they refer to before them, as a file that can be imported, with a last line that counts them.
 *
 * @throws FormatError when an object is not there
 */
export async function exportObjects(objects: Objects, request: ExportRequest): Promise<string> {
    const all = new Map((await objects.list(importable)).map((object) => [key(object), object]));
    const types = [request.type ?? []].flat();
    const wanted = request.objects?.map(key) ?? [...all.values()].filter((one) => types.includes(one.type)).map(key);
    const absent = wanted.filter((one) => !all.has(one));
    if (absent.length) throw new FormatError(`Error fetching objects to export: ${absent.join(", ")} not found`);
    const chosen = new Map<string, SavedObject>();
    const missing = new Map<string, { type: string; id: string }>();
    const visiting = new Set<string>();
    const visit = (name: string) => {
        if (visiting.has(name)) return;
        visiting.add(name);
        const object = all.get(name)!;
        for (const { type, id } of object.references) {
            if (!all.has(key({ type, id }))) missing.set(key({ type, id }), { type, id });
            else if (request.includeReferencesDeep) visit(key({ type, id }));
        }
        chosen.set(name, object);
    };
    wanted.forEach(visit);
    const details = {
        ...{ excludedObjects: [], excludedObjectsCount: 0, exportedCount: chosen.size },
        ...{ missingRefCount: missing.size, missingReferences: [...missing.values()] },
    };
    const lines: object[] = [...chosen.values()];
    return [...lines, ...(request.excludeExportDetails ? [] : [details])]
        .map((line) => JSON.stringify(line))
        .join("\n");
}

function parse(file: string): SavedObject[] {
    const lines = file.split("\n").filter((line) => line.trim());
    const values = lines.map((line, index) => {
        try {
            return JSON.parse(line) as Partial<SavedObject> & { exportedCount?: number };
        } catch (error) {
            throw new FormatError(`line ${index + 1}: ${(error as Error).message}`);
        }
    });
    return values
        .filter((value) => value.exportedCount === undefined)
        .map((value, index) => {
            if (!value.type || !value.id || typeof value.attributes !== "object")
                throw new FormatError(`line ${index + 1}: an object needs type, id and attributes`);
            return { ...value, references: value.references ?? [] } as SavedObject;
        });
}

const key = ({ type, id }: { type: string; id: string }) => `${type}:${id}`;

const described = (object: SavedObject) => ({
    type: object.type,
    id: object.id,
    meta: { title: titleOf(object), icon: `${object.type}App` },
});
