import { readFileSync, readdirSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import * as path from "node:path";

import { cacheDir } from "../paths";
import { found, part, partDir, partsDir } from "./cache";
import { locked } from "./lock";
import { Progress } from "./progress";
import { Recipe } from "./recipes";
import { together } from "./together";
import { run } from "../command";
import { ensureBuildTools } from "./tools";

/** None of it is seen in what is built: debug information is dropped when it is linked, so none is made. */
const environment = {
    GOCACHE: path.join(cacheDir, "go-build"),
    GOMODCACHE: path.join(cacheDir, "go-mod"),
    GOFLAGS: "-buildvcs=false -trimpath -gcflags=all=-dwarf=false",
    // The compiler lives for seconds: memory is cheaper than collecting it, up to what a small machine has.
    GOGC: "400",
    GOMEMLIMIT: "3GiB",
    GOTOOLCHAIN: "local",
    GOWORK: "off",
};

/** The folder with a module's go.mod, go.sum and, where the module is our own program, its sources. */
export const moduleDir = (recipe: Recipe) => path.join(__dirname, "go", recipe.name);

/**
 * Builds the recipes that are not in the cache yet, two at a time and begun in their order (one alone leaves cores
 * idle while it links, or compiles one large package), and returns the folder of each one's binaries by its name. Where
 * one fails, the other ends too. Go's own caches, some 20 GB, are removed after the last one, unless
 * TEST_CLUSTER_KEEP_BUILD_CACHE=1; after a failure they stay, for the next try.
 */
export async function goParts(recipes: Recipe[], progress: Progress): Promise<{ [name: string]: string }> {
    const dirs = Object.fromEntries(recipes.map((recipe) => [recipe.name, goPartDir(recipe)]));
    if ((await Promise.all(Object.values(dirs).map(found))).every(Boolean)) return dirs;
    await ensureBuildTools(progress);
    // One builder at a time on a machine: they share Go's caches, and the last step removes these.
    await locked(
        path.join(partsDir(), ".locks", "go"),
        () => progress(`${recipes[0].name} and what follows it: Go is building other parts, waiting`),
        async () => {
            const end = new AbortController();
            const ahead = fetchModules(recipes.slice(2), end.signal);
            const left = [...recipes.entries()];
            const builder = async () => {
                for (let next = left.shift(); next && !end.signal.aborted; next = left.shift()) {
                    const [index, recipe] = next;
                    await goPart(recipe, (line) => progress(`[${index + 1}/${recipes.length}] ${line}`), end.signal);
                }
            };
            try {
                await together([builder(), builder()], () => end.abort());
            } finally {
                end.abort();
                await ahead;
            }
            if (process.env.TEST_CLUSTER_KEEP_BUILD_CACHE !== "1")
                await run("go", ["clean", "-cache", "-modcache"], { env: environment });
        },
    );
    return dirs;
}

/** Has the sources come of what is built later, while a build leaves the network idle. What fails here, the build tells. */
async function fetchModules(recipes: Recipe[], signal: AbortSignal): Promise<void> {
    for (const recipe of recipes) {
        if (signal.aborted || (await found(goPartDir(recipe)))) continue;
        const packages = Object.values(recipe.binaries);
        await run("go", ["list", "-deps", ...packages], { ...where(recipe), signal }).catch(() => undefined);
    }
}

/** Where Go works on a recipe, and its environment there. */
function where(recipe: Recipe) {
    return { cwd: moduleDir(recipe), env: { ...environment, CGO_ENABLED: recipe.cgo ? "1" : "0" } };
}

function goPart(recipe: Recipe, progress: Progress, signal: AbortSignal): Promise<string> {
    const make = async (dir: string) => {
        const out = path.join(dir, ".out");
        await mkdir(out);
        await run("go", buildArguments(recipe, out), { ...where(recipe), signal });
        for (const [name, pkg] of Object.entries(recipe.binaries))
            await rename(path.join(out, builtName(pkg)), path.join(dir, name));
        await run("rmdir", [out]);
    };
    return part(recipe.name, recipe.version, inputs(recipe), make, progress, `about ${recipe.minutes} min`);
}

/** Where the recipe's binaries are once it is built. */
export const goPartDir = (recipe: Recipe) => partDir(recipe.name, recipe.version, inputs(recipe));

/** `go build`'s arguments; `out` is a folder. */
export function buildArguments(recipe: Recipe, out: string): string[] {
    const stamps = Object.entries(recipe.stamps ?? {}).map(([variable, value]) => `-X ${variable}=${value}`);
    return ["build", "-ldflags", ["-s -w", ...stamps].join(" "), "-o", `${out}/`, ...Object.values(recipe.binaries)];
}

/** The last element of a package's path that is not a major version: so Go names its binary. */
function builtName(pkg: string): string {
    return path.basename(pkg.replace(/\/v\d+$/, ""));
}

/** Everything that a build depends on; how long it takes is not part of it. */
function inputs(recipe: Recipe): string[] {
    const files = readdirSync(moduleDir(recipe)).sort();
    return [
        JSON.stringify([recipe.binaries, recipe.stamps, recipe.cgo]),
        ...files.flatMap((file) => [file, readFileSync(path.join(moduleDir(recipe), file), "utf8")]),
    ];
}
