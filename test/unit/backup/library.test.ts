import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import { Folder } from "./library";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

describe("the library of backups", () => {
    let folder: Folder;
    beforeEach(() => (folder = new Folder()));
    afterEach(() => folder.remove());

    it("seals what it keeps, says what it is, and gives it back", () => {
        const name = folder.keep("mysql", "rows of the shop");
        assert.match(name, /^mysql-\d{8}T\d{6}Z$/);
        assert.ok(!fs.readFileSync(folder.file(name)).includes("rows"));
        const manifest = JSON.parse(fs.readFileSync(folder.file(name).replace(".sealed", ".json"), "utf8")) as object;
        assert.deepEqual(
            { ...manifest, at: undefined, sha256: undefined },
            {
                ...{ name, kind: "mysql", stack: "local", at: undefined, bytes: fs.statSync(folder.file(name)).size },
                ...{ sha256: undefined, seconds: 3, why: "schedule", verified: "by a test" },
            },
        );
        assert.equal(folder.run(`check_backup ${name}; unseal <"$FOLDER/${name}.sealed"`).stdout, "rows of the shop");
    });

    it("refuses a backup that is damaged, and takes none where there is no other", () => {
        const name = folder.keep("mysql", "rows");
        const bytes = fs.readFileSync(folder.file(name));
        bytes[bytes.length - 1] ^= 1;
        fs.writeFileSync(folder.file(name), bytes);
        assert.match(folder.run(`check_backup ${name}`).stderr, /: it is damaged: /);
        const { status, stderr } = folder.run("newest_good mysql");
        assert.notEqual(status, 0);
        assert.match(stderr, /there is no whole backup of mysql/);
    });

    it("refuses one that was cut off, one of another stack, and one that is not there", () => {
        const name = folder.keep("mysql", "rows");
        assert.match(
            folder.run(`check_backup ${name}`, { STACK: "dev" }).stderr,
            /it is of stack local, and this is stack dev/,
        );
        fs.truncateSync(folder.file(name), 10);
        assert.match(folder.run(`check_backup ${name}`).stderr, /it is damaged: 10 bytes that are not the \d+ /);
        assert.match(folder.run("check_backup mysql-1").stderr, /there is no such backup/);
    });

    it("takes the newest that is whole for the newest", () => {
        const older = folder.keep("mysql", "rows");
        const newer = folder.aged("mysql", new Date(Date.now() + minute));
        const { stdout, stderr } = folder.run("newest_good mysql");
        assert.equal(stdout.trim(), older);
        assert.match(stderr, new RegExp(`${newer}: it is damaged`));
    });

    it("keeps all of the last hour, the first of each hour and day, and forgets the others of that kind only", () => {
        const noon = new Date(new Date(Date.now() - 3 * day).setUTCHours(12, 0, 0, 0)).getTime();
        const threeHoursAgo = Math.floor((Date.now() - 3 * hour) / hour) * hour;
        const kept = [
            ...[5, 20, 35].map((minutes) => folder.aged("mysql", new Date(Date.now() - minutes * minute))),
            folder.aged("mysql", new Date(threeHoursAgo + minute)),
            folder.aged("mysql", new Date(noon)),
            folder.aged("nacos", new Date(noon + 2 * minute)),
        ];
        const forgotten = [
            folder.aged("mysql", new Date(threeHoursAgo + 16 * minute)),
            folder.aged("mysql", new Date(noon + hour)),
            folder.aged("mysql", new Date(Date.now() - 9 * day)),
        ];
        const { status, stdout, stderr } = folder.run("forget_backups mysql");
        assert.equal(status, 0, stderr);
        assert.deepEqual(folder.names(), kept.sort());
        assert.deepEqual(stdout.trim().split("\n").sort(), forgotten.map((name) => `forgot ${name}`).sort());
    });

    it("keeps what came back from elsewhere for a day, so that it can be restored", () => {
        const ages = [90, 80, 60].map((days) => new Date(Date.now() - days * day));
        const back = folder.aged("mysql", ages[0], new Date(Date.now() - 20 * hour));
        const longAgo = folder.aged("mysql", ages[1], new Date(Date.now() - 30 * hour));
        const newest = folder.aged("mysql", ages[2]);
        const { stdout } = folder.run("forget_backups mysql");
        assert.deepEqual(folder.names(), [back, newest].sort());
        assert.equal(stdout, `forgot ${longAgo}\n`);
    });

    it("keeps the newest, however old it is", () => {
        const name = folder.aged("mysql", new Date(Date.now() - 90 * day));
        folder.run("forget_backups mysql");
        assert.deepEqual(folder.names(), [name]);
    });
});
