/** A value of a pipeline's option: text, an array of values, or a hash; a codec is a hash with its name. */
export type Value = string | boolean | number | Value[] | { [key: string]: Value } | Plugin;

export interface Plugin {
    plugin: string;
    options: { [name: string]: Value };
}

/** The plugins of each section, those of conditionals among the others. */
export type Pipeline = { [section: string]: Plugin[] };

const token = /\s+|#.*|=>|=~|[{}[\],]|!?(?:\[[@\w]+\])+|\/(?:\\.|[^/\\])+\/|"(?:\\.|[^"\\])*"|[\w@.-]+|!/y;

/**
 * Parses as much of Logstash's configuration language as our pipeline uses: sections, plugins, `if` with any
 * condition, strings, bare words, numbers, arrays, hashes and codecs. Throws at what is not in it.
 */
export function parsePipeline(text: string): Pipeline {
    const tokens = scan(text);
    const next = () => {
        const found = tokens.shift();
        if (found === undefined) throw new Error("the pipeline ends too early");
        return found;
    };
    const expect = (wanted: string) => {
        const found = next();
        if (found !== wanted) throw new Error(`${wanted} expected, ${found} found`);
    };
    const options = (): { [name: string]: Value } => {
        const found: { [name: string]: Value } = {};
        expect("{");
        while (tokens[0] !== "}") {
            const name = literal(next());
            expect("=>");
            if (String(name) in found) throw new Error(`${String(name)} is set twice`);
            found[String(name)] = value();
        }
        expect("}");
        return found;
    };
    const array = (): Value[] => {
        const found: Value[] = [];
        while (tokens[0] !== "]") {
            found.push(value());
            if (tokens[0] !== "]") expect(",");
        }
        expect("]");
        return found;
    };
    const value = (): Value => {
        if (tokens[0] === "{") return options();
        const first = next();
        if (first === "[") return array();
        if (tokens[0] === "{" && /^\w+$/.test(first)) return { plugin: first, options: options() };
        return literal(first);
    };
    const block = (): Plugin[] => {
        const plugins: Plugin[] = [];
        expect("{");
        while (tokens[0] !== "}") {
            const name = next();
            if (name === "if" || name === "else") {
                while (tokens[0] !== "{") next();
                plugins.push(...block());
            } else plugins.push({ plugin: name, options: options() });
        }
        expect("}");
        return plugins;
    };
    const pipeline: Pipeline = {};
    while (tokens.length > 0) {
        const section = next();
        pipeline[section] = [...(pipeline[section] ?? []), ...block()];
    }
    return pipeline;
}

function scan(text: string): string[] {
    const tokens: string[] = [];
    for (token.lastIndex = 0; token.lastIndex < text.length;) {
        const at = token.lastIndex;
        const [found] = token.exec(text) ?? [];
        if (!found) throw new Error(`not understood: ${text.slice(at, at + 30)}`);
        if (!/^\s|^#/.test(found)) tokens.push(found);
    }
    return tokens;
}

function literal(text: string): string | boolean | number {
    if (text.startsWith('"')) return text.slice(1, -1);
    if (text === "true" || text === "false") return text === "true";
    return /^\d+$/.test(text) ? Number(text) : text;
}
