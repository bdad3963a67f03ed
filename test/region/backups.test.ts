import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ownKinds } from "../../operations/backup/kinds";
import { times } from "../../operations/drill/report/text";
import { engineEnvironment } from "../../rehearsal/engine";
import { toolchain } from "../../rehearsal/toolchain/toolchain";
import { drill, meets, status } from "./applications";
import { long, run, ssh, succeeded } from "./support";

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

/** Where MySQL's are kept. */
const host = "node-02";
const folder = "/var/lib/data/backup/mysql";

const well = ({ code, output }: Answer) => assert.equal(code, 0, output);

/** What keeps data, on the stack's hosts; that it comes back is for the drills. */
describe("backups", function () {
    this.timeout(15 * 60_000);
    this.bail(true);

    before(async () => succeeded(await run(["up"])));

    it("are made of every kind by one command, listed, and up in status", async () => {
        well(await command("main"));
        const list = await command("list");
        well(list);
        for (const { name } of ownKinds) assert.match(list.output, new RegExp(`^${name} .* by hand `, "m"));
        const rows = (await status()).filter(({ name }) => name.startsWith("backup "));
        assert.deepEqual(
            rows.map(({ name, state }) => [name, state]),
            [...ownKinds.map(({ name }) => name), "bucket"].map((name) => [`backup ${name}`, "up"]),
        );
    });

    it("are copied to the bucket, and come back from there when the disk has lost one", async () => {
        const name = await ssh(host, `cd ${folder} && ls mysql-*.json | tail -n 1 | cut -d . -f 1`);
        await ssh(host, `backup-copies push && rm ${folder}/${name}.*`);
        const list = await command("list", "--pull", "--newest", "3");
        well(list);
        assert.match(list.output, new RegExp(`brought back ${name}, [0-9]+ bytes`));
        assert.match(list.output, new RegExp(`^mysql .* ${name} `, "m"));
        assert.equal(await ssh(host, `stat -c %A ${folder}/${name}.sealed`), "-rw-r-----");
    });

    it("are not restored where nobody says yes", async () => {
        const { code, output } = await command("restore", "elasticsearch");
        assert.equal(code, 2);
        assert.match(output, /no terminal: --yes/);
    });
});

/** Of those that `npm run drill -- list` has, the quick ones, and what is restored by a command. */
const quick = { "nacos-lost": it, "rows-deleted": long, "certificates-expired": long, "etcd-lost": long };

describe("drills, the quick ones", function () {
    this.timeout(15 * 60_000);
    this.bail(true);

    for (const [name, how] of Object.entries(quick)) {
        how(`meet their goals: ${name}`, async () => {
            const record = await drill(name, "--short");
            console.log(`        ${times(record)}`);
            meets(record);
        });
    }
});
