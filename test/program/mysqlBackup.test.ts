import * as assert from "node:assert/strict";
import { all, one, run, type Deployment } from "./engine";
import { container, environment, workload } from "./workloads";

describe("the stack's backup of MySQL", () => {
    let deployment: Deployment;
    before(async () => (deployment = await run()));

    const schedule = async (everyMinutes: number) => {
        const changed = await run({ change: { "test-cluster:backup": { everyMinutes } } });
        return String(one(changed, "CronJob", "mysql-backup").inputs.spec.schedule);
    };

    it("comes every quarter of an hour, or as often as is said, and never twice at once", async () => {
        const { spec } = one(deployment, "CronJob", "mysql-backup").inputs;
        assert.equal(spec.schedule, "*/15 * * * *");
        assert.equal(spec.concurrencyPolicy, "Forbid");
        assert.equal(spec.jobTemplate.spec.backoffLimit, 0);
        assert.equal(await schedule(5), "*/5 * * * *");
        assert.equal(await schedule(60), "0 * * * *");
    });

    it("is made once at once, when Nacos has its configurations, as it is made by the clock; again if it fails", () => {
        const first = one(deployment, "Job", "mysql-backup-first");
        const { metadata, spec } = first.inputs;
        const { jobTemplate } = one(deployment, "CronJob", "mysql-backup").inputs.spec;
        assert.deepEqual(spec.template, jobTemplate.spec.template);
        assert.equal(metadata.annotations["pulumi.com/replaceUnready"], "true");
        const after = first.dependencies.map((urn) => urn.split("::").at(-1));
        for (const name of ["mysql-backup", "mysql", "public/DEFAULT_GROUP/application.yaml"]) {
            assert.ok(after.includes(name), `${name} of ${after.join()}`);
        }
    });

    it("has its own folder of the backups' disk", () => {
        const { spec } = one(deployment, "PersistentVolume", "backup-mysql").inputs;
        assert.equal(spec.local.path, "/var/lib/data/backup/mysql");
        assert.deepEqual(spec.claimRef, { namespace: "mysql", name: "backup-mysql" });
        const { pod } = workload(deployment, "mysql", "mysql-backup");
        const claims = pod.volumes.filter((volume: { persistentVolumeClaim?: object }) => volume.persistentVolumeClaim);
        assert.deepEqual(claims, [{ name: "backup", persistentVolumeClaim: { claimName: "backup-mysql" } }]);
    });

    it("is told what to keep and of whom, and gets its secrets as files", () => {
        const job = container(workload(deployment, "mysql", "mysql-backup"), "backup");
        assert.deepEqual(environment(job), {
            ...{ FOLDER: "/backup", STACK: "dev", KEEP_HOURS: "24", KEEP_DAYS: "7", STACK_USERS: "nacos" },
            ...{ BINLOG_MIB: "4096", WHY: "schedule" },
        });
        const { stringData } = one(deployment, "Secret", "mysql-backup").inputs;
        assert.deepEqual(Object.keys(stringData).sort(), ["client.cnf", "key"]);
        assert.match(stringData.key, /SECRET-backup/);
        assert.match(
            stringData["client.cnf"],
            /^host=mysql\.mysql\.svc\nport=3306\nuser=backup\npassword=SECRET-mysql-backup$/m,
        );
        // MariaDB's mysqldump refuses what only the client knows.
        assert.match(stringData["client.cnf"], /\n\[mysql\]\nconnect-timeout=10\n$/);
    });

    it("has every script that one of its scripts reads", () => {
        const { data } = one(deployment, "ConfigMap", "mysql-backup").inputs;
        const read = Object.values(data as Record<string, string>).flatMap((text) =>
            [...text.matchAll(/^\. \/scripts\/(\S+)$/gm)].map(([, name]) => name),
        );
        assert.deepEqual([...new Set(read)].sort(), ["backups.sh", "replay.sh", "scratch.sh"]);
        for (const name of [...read, "backup.sh", "restore.sh"]) assert.ok(data[name], name);
    });

    it("may not have its user's name taken by a database", async () => {
        const { error } = await run({ change: { "test-cluster:mysql": { databases: ["nacos", "backup"] } } });
        assert.match(error!.message, /mysql\.databases: backup is taken/);
        assert.ok(all(deployment, "CronJob").length === 1);
    });
});
