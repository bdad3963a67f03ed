import * as fs from "node:fs";
import * as path from "node:path";
import { ConfigurationError } from "../../config";
import type { Declared } from "./provider";

/** Nacos takes more, but the Kubernetes API and people's eyes are better off with less. */
const maxBytes = 100 * 1024;

/** What Nacos shows a configuration as, by the ending of its name; anything else is text. */
const types: Record<string, string> = {
    yaml: "yaml",
    yml: "yaml",
    properties: "properties",
    json: "json",
    xml: "xml",
    html: "html",
    htm: "html",
};

/** What names may be made of, and how long Nacos' tables let them be: namespace, group, name of the configuration. */
const levels = [
    { what: "a namespace", pattern: /^[A-Za-z0-9_-]+$/, allowed: "letters, digits, _ and -", longest: 128 },
    { what: "a group", pattern: /^[A-Za-z0-9_.:-]+$/, allowed: "letters, digits and _ . : -", longest: 128 },
    { what: "a configuration", pattern: /^[A-Za-z0-9_.:-]+$/, allowed: "letters, digits and _ . : -", longest: 255 },
];

/**
 * The configurations that a folder declares, each a file NAMESPACE/GROUP/DATAID, in the order of their names. Hidden
 * files are nobody's configuration.
 * @throws ConfigurationError with all mistakes at once
 */
export function readConfigurations(folder: string): Declared[] {
    const root = path.resolve(__dirname, "..", "..", folder);
    if (!fs.existsSync(root)) {
        throw new ConfigurationError([
            `nacos.configurations: ${folder} is no folder of this project; make it, or name another`,
        ]);
    }
    const found: string[] = [];
    const declared = files(root).flatMap((parts) => {
        const at = `nacos.configurations: ${[folder, ...parts].join("/")}`;
        const content = fs.readFileSync(path.join(root, ...parts));
        const wrong = mistakes(parts, content);
        found.push(...wrong.map((mistake) => `${at}: ${mistake}`));
        const [namespace, group, dataId] = parts;
        const type = types[path.extname(dataId ?? "").slice(1)] ?? "text";
        return wrong.length > 0 ? [] : [{ namespace, group, dataId, type, content: content.toString() }];
    });
    if (found.length > 0) throw new ConfigurationError(found);
    return declared;
}

/** Every file below a folder, by the parts of its path. */
function files(root: string): string[][] {
    return fs
        .readdirSync(root)
        .filter((name) => !name.startsWith("."))
        .sort()
        .flatMap((name) => {
            const place = path.join(root, name);
            if (!fs.statSync(place).isDirectory()) return [[name]];
            return files(place).map((parts) => [name, ...parts]);
        });
}

function mistakes(parts: string[], content: Buffer): string[] {
    if (parts.length !== levels.length) return ["no file NAMESPACE/GROUP/DATAID; move it to its place"];
    const wrong = levels.flatMap(({ what, pattern, allowed, longest }, index) =>
        pattern.test(parts[index]) && parts[index].length <= longest
            ? []
            : [`${what}'s name has ${allowed}, ${longest} at most; rename ${parts[index]}`],
    );
    if (content.length > maxBytes) wrong.push(`${content.length} bytes, ${maxBytes} are allowed; split it`);
    if (content.toString().trim() === "") wrong.push("empty, which Nacos does not take; fill it or remove it");
    if (!Buffer.from(content.toString()).equals(content)) wrong.push("no text in UTF-8; convert it");
    return wrong;
}
