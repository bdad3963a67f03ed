import { Archive, Asset, CheckResult, PropertyMap, Secret, Unknown, Value, isMap } from "../serve";

type Kind = "string" | "number" | "integer" | "boolean" | "list" | "strings" | "variables" | "source" | Shape;

interface Field {
    kind: Kind;
    required?: boolean;
    secret?: boolean;
    default?: string | number;
}

type Shape = { [name: string]: Field };

const endpoint: Shape = {
    host: { kind: "string", required: true },
    port: { kind: "number", default: 22 },
    user: { kind: "string", default: "root" },
    password: { kind: "string", secret: true },
    privateKey: { kind: "string", secret: true },
    privateKeyPassword: { kind: "string", secret: true },
    agentSocketPath: { kind: "string" },
    dialErrorLimit: { kind: "integer", default: 10 },
    perDialTimeout: { kind: "integer", default: 15 },
    hostKey: { kind: "string" },
};

const connection: Field = { kind: { ...endpoint, proxy: { kind: endpoint } }, required: true, secret: true };

const execution: Shape = {
    stdin: { kind: "string" },
    environment: { kind: "variables" },
    logging: { kind: "string" },
    addPreviousOutputInEnv: { kind: "boolean" },
};

const lifecycle: Shape = {
    create: { kind: "string" },
    update: { kind: "string" },
    delete: { kind: "string" },
    triggers: { kind: "list" },
};

const localExecution: Shape = {
    ...execution,
    dir: { kind: "string" },
    interpreter: { kind: "strings" },
    assetPaths: { kind: "strings" },
    archivePaths: { kind: "strings" },
};

/** The inputs of every resource and function, by type token. */
export const shapes = {
    "command:remote:Command": { ...execution, ...lifecycle, connection },
    "command:remote:CopyToRemote": {
        connection,
        source: { kind: "source", required: true },
        remotePath: { kind: "string", required: true },
        triggers: { kind: "list" },
    },
    "command:local:Command": { ...localExecution, ...lifecycle },
    "command:local:run": { ...localExecution, command: { kind: "string", required: true } },
} satisfies Record<string, Shape>;

/** The inputs with defaults filled in and secrets marked, and every mistake in them. */
export function checkInputs(type: keyof typeof shapes, inputs: PropertyMap): Required<CheckResult> {
    const failures: Required<CheckResult>["failures"] = [];
    const fail = (property: string, reason: string) => failures.push({ property, reason });
    return { inputs: checkMap(inputs, shapes[type], "", fail), failures };
}

type Fail = (property: string, reason: string) => void;

function checkMap(map: PropertyMap, shape: Shape, prefix: string, fail: Fail): PropertyMap {
    const checked: PropertyMap = {};
    for (const [name, value] of Object.entries(map)) {
        // The engine and the SDKs send their own keys along.
        if (name === "version" || name.startsWith("__") || value === null) {
            continue;
        }
        if (!shape[name]) {
            fail(prefix + name, `there is no such property; known are ${Object.keys(shape).sort().join(", ")}`);
            continue;
        }
        const inner = checkValue(value, shape[name].kind, prefix + name, fail);
        checked[name] = shape[name].secret && !(inner instanceof Secret) ? new Secret(inner) : inner;
    }
    for (const [name, field] of Object.entries(shape)) {
        if (name in checked) {
            continue;
        }
        if (field.default !== undefined) {
            checked[name] = field.default;
        } else if (field.required) {
            fail(prefix + name, "this property is required and missing");
        }
    }
    return checked;
}

function checkValue(value: Value, kind: Kind, path: string, fail: Fail): Value {
    if (value instanceof Secret) {
        return new Secret(checkValue(value.value, kind, path, fail));
    }
    if (value instanceof Unknown) {
        return value;
    }
    if (typeof kind === "object" && isMap(value)) {
        return checkMap(value, kind, `${path}.`, fail);
    }
    if (kind === "source" && (value instanceof Asset || value instanceof Archive)) {
        const { path: file, text } = value.source as Asset["source"];
        if (file === undefined && text === undefined) {
            fail(path, "only a FileAsset, a StringAsset or a FileArchive can be copied");
        }
        return value;
    }
    if (kind === "strings" && Array.isArray(value)) {
        return value.map((item, index) => checkValue(item, "string", `${path}[${index}]`, fail));
    }
    if (kind === "variables" && isMap(value)) {
        return Object.fromEntries(
            Object.entries(value).map(([key, item]) => [key, checkValue(item, "string", `${path}.${key}`, fail)]),
        );
    }
    const fits =
        typeof value === kind ||
        (kind === "integer" && Number.isInteger(value)) ||
        (kind === "list" && Array.isArray(value));
    if (!fits) {
        fail(path, `expected ${describe(kind)}`);
    }
    return value;
}

function describe(kind: Kind): string {
    switch (kind) {
        case "integer":
            return "a whole number";
        case "list":
            return "a list";
        case "strings":
            return "a list of strings";
        case "variables":
            return "a map of strings";
        case "source":
            return "an asset or an archive";
        default:
            return typeof kind === "string" ? `a ${kind}` : "an object";
    }
}
