import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ownKinds } from "../../operations/backup/kinds";
import { engineEnvironment } from "../../rehearsal/engine";
import { toolchain } from "../../rehearsal/toolchain/toolchain";
import { elasticsearch, status } from "./applications";
import { kubectl, run, sql, succeeded } from "./support";

interface Answer {
    code: number;
    output: string;
}

/** What a command of backups says, and how it ended. */
async function command(file: "main" | "list" | "restore", ...args: string[]): Promise<Answer> {
    const { bin } = await toolchain(() => undefined);
    const line = ["tsx", `operations/backup/${file}.ts`, ...args, "--stack", "local"];
    const env = { ...process.env, ...engineEnvironment(bin) };
    return promisify(execFile)("npx", line, { env }).then(
        ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
        ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
            code,
            output: stdout + stderr,
        }),
    );
}

/** Asks Elasticsearch as its keeper does. */
const es = (method: string, place: string) =>
    kubectl(
        ...["-n", "logging", "exec", "elasticsearch-0", "-c", "keeper", "--"],
        ...["bash", "-c", `. /scripts/es.sh; es ${method} ${place}`],
    );

const well = ({ code, output }: Answer) => assert.equal(code, 0, output);

/** What was lost comes back by a command, on the stack's hosts. */
describe("backups", function () {
    this.timeout(15 * 60_000);
    this.bail(true);

    const has = (kind: string) => ownKinds.some(({ name }) => name === kind);
    const documents = async (index: string) =>
        ((await elasticsearch(`/${index}/_count?ignore_unavailable=true`)) as unknown as { count: number }).count;

    before(async () => succeeded(await run(["up"])));

    it("are made of every kind by one command, listed, and up in status", async () => {
        well(await command("main"));
        const list = await command("list");
        well(list);
        for (const { name } of ownKinds) assert.match(list.output, new RegExp(`^${name} .* by hand `, "m"));
        const rows = (await status()).filter(({ name }) => name.startsWith("backup "));
        assert.deepEqual(
            rows.map(({ name, state }) => [name, state]),
            ownKinds.map(({ name }) => [`backup ${name}`, "up"]),
        );
    });

    it("bring an index of logs back that was deleted, every document of it", async () => {
        const [write] = Object.keys(await elasticsearch("/_alias/logs"))
            .sort()
            .reverse();
        const before = await documents(write);
        assert.ok(before > 0);
        well(await command("main", "elasticsearch"));
        // The one that is written to can't be missed: a new one takes its place.
        await es("POST", "/logs/_rollover");
        await es("DELETE", `/${write}`);
        const { code, output } = await command("restore", "elasticsearch", "--id", write, "--yes");
        assert.equal(code, 0, output);
        const copy = write.replace("logs-", "logs_restored-");
        assert.match(output, new RegExp(`${copy} is whole`));
        assert.ok((await documents(copy)) >= before, output);
        await es("DELETE", `/${copy}`);
    });

    it("bring a dropped table back, row by row as it was", async function () {
        if (!has("mysql")) this.skip();
        await sql("CREATE DATABASE IF NOT EXISTS lost; CREATE TABLE IF NOT EXISTS lost.rows_of (n INT PRIMARY KEY)");
        await sql("REPLACE INTO lost.rows_of VALUES (1), (2), (3)");
        const checksum = await sql("CHECKSUM TABLE lost.rows_of");
        well(await command("main", "mysql"));
        await sql("DROP TABLE lost.rows_of");
        well(await command("restore", "mysql", "--database", "lost", "--table", "rows_of", "--yes"));
        assert.equal(await sql("CHECKSUM TABLE lost.rows_of"), checksum);
        await sql("DROP DATABASE lost");
    });

    it("are not restored where nobody says yes", async () => {
        const { code, output } = await command("restore", "elasticsearch");
        assert.equal(code, 2);
        assert.match(output, /no terminal: --yes/);
    });
});
