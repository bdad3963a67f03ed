import * as assert from "node:assert/strict";
import type { Context } from "../../../operations/backup/kind";
import { mysql } from "../../../operations/backup/mysql/mysql";
import type { Answer, Asked } from "../../../operations/status/api";

const manifest = (kind: string) =>
    JSON.stringify({
        name: `${kind}-1`,
        kind,
        stack: "local",
        at: "",
        bytes: 1,
        seconds: 2,
        why: "by hand",
        verified: "",
    });

/** An API server with the CronJob; a Job that is made has ended at once, with this log. */
function cluster(log: string, condition = "Complete") {
    const made: { metadata: object; spec: { template: { spec: { containers: Record<string, unknown>[] } } } }[] = [];
    const container = {
        ...{ name: "backup", image: "mysql", command: ["/bin/bash", "/scripts/backup.sh"] },
        env: [
            { name: "STACK", value: "local" },
            { name: "WHY", value: "schedule" },
        ],
    };
    const spec = { backoffLimit: 0, template: { spec: { restartPolicy: "Never", containers: [container] } } };
    const answers: Partial<Record<string, () => unknown>> = {
        "GET /apis/batch/v1/namespaces/mysql/cronjobs/mysql-backup": () => ({ spec: { jobTemplate: { spec } } }),
        "POST /apis/batch/v1/namespaces/mysql/jobs": () => ({ metadata: { name: "mysql-x" } }),
        "GET /apis/batch/v1/namespaces/mysql/jobs/mysql-x": () => ({
            status: { conditions: [{ type: condition, status: "True", message: "BackoffLimitExceeded" }] },
        }),
        "GET /api/v1/namespaces/mysql/pods?labelSelector=batch.kubernetes.io%2Fjob-name%3Dmysql-x": () => ({
            items: [{ metadata: { name: "mysql-x-1" } }],
        }),
    };
    const request = (method: string, path: string, asked: Asked = {}): Promise<Answer> => {
        if (method === "POST") made.push(JSON.parse(asked.body!) as (typeof made)[number]);
        if (path.endsWith("/mysql-x-1/log")) return Promise.resolve({ status: 200, body: log });
        const answer = answers[`${method} ${path}`];
        return Promise.resolve({ status: answer ? 200 : 404, body: JSON.stringify(answer ? answer() : {}) });
    };
    const said: string[] = [];
    const context = {
        ...{ api: { request }, say: (text: string) => said.push(text), signal: new AbortController().signal },
        ...({} as Pick<Context, "stack" | "shell">),
    };
    return { context, made, said, container };
}

describe("MySQL's backup by hand", () => {
    it("is a Job as the clock makes it, with its reason, and gives the manifest of the kind", async () => {
        const { context, made, said, container } = cluster(`a word\n${manifest("mysql")}\n${manifest("nacos")}\n`);
        const { name } = await mysql.backup(context, "before up");
        assert.equal(name, "mysql-1");
        const [{ metadata, spec }] = made;
        assert.deepEqual(metadata, { generateName: "mysql-backup-" });
        assert.deepEqual(spec.template.spec.containers, [
            {
                ...container,
                env: [
                    { name: "STACK", value: "local" },
                    { name: "WHY", value: "before up" },
                ],
            },
        ]);
        assert.match(said[0], /kubectl -n mysql logs job\/mysql-x/);
    });

    it("fails with the last words of the script", async () => {
        const { context } = cluster("the dump can't be restored; it is not kept\n", "Failed");
        await assert.rejects(mysql.backup(context, "by hand"), /the dump can't be restored; it is not kept/);
    });

    it("goes on when nobody waits any more, and says how to stop it", async () => {
        const { context, said } = cluster("", "Suspended");
        const signal = AbortSignal.abort(new Error("ended by Ctrl-C"));
        await assert.rejects(mysql.backup({ ...context, signal }, "by hand"), /ended by Ctrl-C/);
        assert.match(said[1], /Job mysql-x goes on to its end; to stop it: kubectl -n mysql delete job mysql-x/);
    });

    it("fails with the Job's reason where no pod came to say anything", async () => {
        const { context } = cluster("", "Failed");
        await assert.rejects(mysql.backup(context, "by hand"), /Job mysql-x failed: BackoffLimitExceeded/);
    });
});

describe("MySQL's restore", () => {
    it("is planned and done by the same script, of what is wanted", async () => {
        const { context, made } = cluster("noise\nresult: shop.goods: 2 rows now, 3 in the backup\n");
        const until = "2026-01-02T03:04:05.000Z";
        const wanted = { backup: "mysql-1", database: "shop", table: "goods", until };
        assert.deepEqual(await mysql.plan(context, wanted), ["shop.goods: 2 rows now, 3 in the backup"]);
        await mysql.restore(context, wanted);
        const given = made.map(({ spec }) => {
            const [{ command, env }] = spec.template.spec.containers;
            const variables = env as { name: string; value: string }[];
            return [command, Object.fromEntries(variables.map(({ name, value }) => [name, value]))];
        });
        const variables = {
            STACK: "local",
            WHY: "schedule",
            BACKUP: "mysql-1",
            DATABASE: "shop",
            TABLE: "goods",
            UNTIL: "2026-01-02 03:04:05",
        };
        const command = ["/bin/bash", "/scripts/restore.sh"];
        assert.deepEqual(given, [
            [command, { ...variables, MODE: "plan" }],
            [command, { ...variables, MODE: "restore" }],
        ]);
    });

    it("of a table without its database is refused", async () => {
        const { context, made } = cluster("");
        await assert.rejects(
            mysql.plan(context, { table: "goods" }),
            /table goods: of which database\? Add --database/,
        );
        assert.equal(made.length, 0);
    });
});
