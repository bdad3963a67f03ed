/**
 * A path pattern as a regular expression: `*` and `?` stop at `/`, `**` doesn't; `[a-z]`, `[!a-z]`, `{one,other}` and
 * `\` to take the next character literally.
 */
export function globExpression(glob: string): RegExp {
    let depth = 0;
    const source = glob.replace(/\\.|\*\*|\[!?[^\]]+\]|[^\w/]/gs, (token) => {
        switch (token) {
            case "**":
                return ".*";
            case "*":
                return "[^/]*";
            case "?":
                return "[^/]";
            case "{":
                depth++;
                return "(?:";
            case "}":
                return depth-- > 0 ? ")" : "\\}";
            case ",":
                return depth > 0 ? "|" : ",";
        }
        if (token.startsWith("[") && token.length > 1) {
            const set = token.slice(1, -1).replace(/[\\^]/g, "\\$&");
            return set.startsWith("!") ? `[^${set.slice(1)}]` : `[${set}]`;
        }
        return escape(token.length > 1 ? token.slice(1) : token);
    });
    return new RegExp(`^${source}$`, "s");
}

function escape(character: string): string {
    return character.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** The paths that the rules choose. Each rule in turn adds what it matches, or with a leading `!` removes it. */
export function choose(paths: string[], rules: string[]): string[] {
    const expressions = rules.map((rule) => ({
        include: !rule.startsWith("!"),
        expression: globExpression(rule.replace(/^!/, "")),
    }));
    return paths.filter((path) =>
        expressions.reduce((chosen, rule) => (rule.expression.test(path) ? rule.include : chosen), false),
    );
}
