// A program that cleans a cache of its own, for tests: cleaner.ts MODE VALUE, where MODE is `built` (VALUE is the time at
// which a complete build began), `remove` (VALUE is a number of days), or `ask` (VALUE is the name of a recipe).
import { goParts } from "../../../rehearsal/build/go";
import { clusterRecipes } from "../../../rehearsal/build/recipes";
import { noteBuild, removeUnused } from "../../../rehearsal/build/unused";

async function main([mode, value]: string[]) {
    if (mode === "built") return noteBuild(new Date(value));
    if (mode === "remove") return removeUnused(Number(value), console.log);
    const recipe = clusterRecipes.find(({ name }) => name === value)!;
    return console.log((await goParts([recipe], console.error))[value]);
}

main(process.argv.slice(2)).catch((error: Error) => {
    process.stderr.write(error.message);
    process.exitCode = 1;
});
