import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Said } from "../../../../../operations/status/ssh";
import { Folder } from "../../../backup/library";
import { stack, StandInApi, StandInShell } from "../../../status/standins";

type Rows = Record<number, string>;
interface Job {
    spec: { template: { spec: { containers: { command: string[]; env: { name: string; value: string }[] }[] } } };
}

/**
 * Stands in for a stack with one table of MySQL. What the host of backups is to run is run, on a folder of this machine;
 * a Job keeps the table there, or takes it from there.
 */
export class MySql extends StandInShell {
    readonly folder = new Folder();
    readonly stack = {
        ...stack(),
        backup: { ...stack().backup!, folder: this.folder.root },
        backupKey: "a-key-of-backups",
    };
    /** The table, while there is one. */
    rows: Rows | undefined;
    /** The table as it was when it was asked for the time. */
    private then: { rows: Rows | undefined; at: string } | undefined;
    /** What hosts are to run later. */
    readonly later: string[] = [];
    readonly api: StandInApi;

    constructor() {
        super({});
        fs.symlinkSync(this.folder.folder, path.join(this.folder.root, "mysql"));
        const container = { command: [], env: [] };
        const jobTemplate = { spec: { template: { spec: { containers: [container] } } } };
        let ended = { type: "", log: "" };
        this.api = new StandInApi({
            "GET /apis/batch/v1/namespaces/mysql/cronjobs/mysql-backup": () => ({ spec: { jobTemplate } }),
            "POST /apis/batch/v1/namespaces/mysql/jobs": ({ body }) => {
                ended = this.job(JSON.parse(body!) as Job);
                return { metadata: { name: "job" } };
            },
            "GET /apis/batch/v1/namespaces/mysql/jobs/job": () => ({
                status: { conditions: [{ type: ended.type, status: "True" }] },
            }),
            "GET /api/v1/namespaces/mysql/pods": () => ({ items: [{ metadata: { name: "pod" } }] }),
            "GET /api/v1/namespaces/mysql/pods/pod/log": () => ended.log,
        });
    }

    override async run(_: string, script: string): Promise<Said> {
        if (script.includes("kubectl")) return { stdout: this.sql(script) };
        if (script.includes("systemd-run")) return (this.later.push(script), { stdout: "" });
        const standIns = 'mountpoint() { :; }\nsystemctl() { :; }\nrm() { [[ $* == */run/* ]] || command rm "$@"; }\n';
        const { status, stdout, stderr } = spawnSync("bash", ["-s"], { input: standIns + script, encoding: "utf8" });
        return { stdout, ...(status !== 0 && { failure: stderr }) };
    }

    private sql(script: string): string {
        if (script.includes("CHECKSUM")) return `test_cluster_drill.kept\t${this.rows ? 7 : "NULL"}\n`;
        if (script.includes("UTC_TIMESTAMP")) {
            this.then = { rows: { ...this.rows }, at: new Date().toISOString().slice(0, 19).replace("T", " ") };
            return `${this.then.at}\n0\n`;
        }
        if (script.includes("DELETE"))
            for (const number of Object.keys(this.rows!))
                if (Number(number) % 2 === 0) delete this.rows![Number(number)];
        if (script.includes("DROP TABLE")) this.rows = undefined;
        if (script.includes("CREATE TABLE")) this.rows = {};
        const [, first, last] = /SELECT (\d+) UNION .* n < (\d+)/.exec(script) ?? [];
        for (let number = Number(first); number <= Number(last); number++) this.rows![number] = String(Math.random());
        const all = Object.entries(this.rows ?? {});
        const [, after = "0"] = /WHERE number > (\d+)/.exec(script) ?? [];
        if (script.includes("COUNT(*)")) return `${all.filter(([number]) => Number(number) > Number(after)).length}\n`;
        if (!script.includes("SELECT number, content")) return "";
        const [, to] = /WHERE number <= (\d+)/.exec(script)!;
        const kept = all.filter(([number]) => Number(number) <= Number(to));
        return kept.map(([number, content]) => `${number}\t${content}\n`).join("");
    }

    private job({ spec }: Job): { type: string; log: string } {
        const [{ command, env }] = spec.template.spec.containers;
        const given = Object.fromEntries(env.map((one) => [one.name, one.value]));
        const { WHY: why, BACKUP: backup, MODE: mode, UNTIL: until } = given;
        if (command[1] === "/scripts/backup.sh") {
            // Names are of seconds, and this one is of the same: it is told, and not kept.
            if (why === "before restore") {
                const told = ["mysql", "nacos"].map((kind) => `{"name":"${kind}-new","kind":"${kind}"}\n`);
                return { type: "Complete", log: told.join("") };
            }
            const name = this.folder.keep("mysql", JSON.stringify(this.rows));
            const log = fs.readFileSync(path.join(this.folder.folder, `${name}.json`), "utf8");
            return { type: "Complete", log };
        }
        const text = `check_backup ${backup} || { echo "the newest that is whole: $(newest_good mysql 2>/dev/null)" >&2; exit 1; }
            unseal <"$FOLDER/${backup}.sealed"`;
        const { status, stdout, stderr } = this.folder.run(text);
        if (status !== 0) return { type: "Failed", log: stderr };
        if (until && until !== this.then?.at) return { type: "Failed", log: `nothing is known of ${until}` };
        if (mode === "restore") this.rows = until ? this.then?.rows : (JSON.parse(stdout) as Rows);
        return { type: "Complete", log: "" };
    }
}
