// A program that makes one part, for tests that need several processes or a cache of their own:
// maker.ts NAME MODE, where MODE is what `make` does after it has written half: finish, fail, or hang until killed.
import { appendFile, writeFile } from "node:fs/promises";
import * as path from "node:path";

import { part, partsDir } from "../../../rehearsal/build/cache";

async function main([name, mode]: string[]) {
    const dir = await part(name, "1", ["input"], async (partial) => {
        await appendFile(path.join(partsDir(), `${name}.makes`), `${process.pid}\n`);
        await writeFile(path.join(partial, "first"), "1");
        if (mode === "hang") {
            process.stdout.write("half\n");
            await new Promise((resolve) => setTimeout(resolve, 60_000));
        }
        if (mode === "fail") throw new Error("no such luck");
        await writeFile(path.join(partial, "second"), "2");
    });
    process.stdout.write(`${dir}\n`);
}

main(process.argv.slice(2)).catch((error: Error) => {
    process.stderr.write(error.message);
    process.exitCode = 1;
});
