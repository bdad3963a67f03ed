import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { later, notLater, script } from "../../../../operations/drill/faults/script";

describe("what a drill runs on a host", () => {
    let dir: string;
    beforeEach(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), "scripts-"))));
    afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

    const run = (text: string) => {
        const env = { ...process.env, PATH: `${dir}:${process.env.PATH}` };
        return spawnSync("bash", ["-s"], { input: text, encoding: "utf8", env });
    };
    const standIn = (name: string, body: string) =>
        fs.writeFileSync(path.join(dir, name), `#!/bin/bash\n# Stand-in for ${name}.\n${body}\n`, { mode: 0o755 });
    const given = () => ({ VOLUME: dir });
    const data = () => fs.existsSync(path.join(dir, "mysql", "ibdata1"));

    it("moves MySQL's files aside and back, and back twice is once", () => {
        fs.mkdirSync(path.join(dir, "mysql"));
        fs.writeFileSync(path.join(dir, "mysql", "ibdata1"), "");
        assert.equal(run(script("empty", given())).status, 0);
        assert.equal(data(), false);
        for (let times = 0; times < 2; times++) assert.equal(run(script("fill", given())).status, 0);
        assert.equal(data(), true);
    });

    it("overwrites no database that was made meanwhile, and says where it is", () => {
        fs.mkdirSync(path.join(dir, "mysql"));
        assert.equal(run(script("empty", given())).status, 0);
        fs.mkdirSync(path.join(dir, "mysql"));
        const { status, stderr } = run(script("fill", given()));
        assert.deepEqual([status, fs.existsSync(path.join(dir, "mysql.drill-away"))], [1, true]);
        assert.match(stderr, /mysql was made while the data was away/);
        assert.equal(run(script("empty", given())).status, 1);
    });

    it("leaves no rule of the cut behind, however often and however much of it was made", () => {
        // Rules of the chains, a line each, as iptables keeps them.
        const rules = path.join(dir, "rules");
        fs.writeFileSync(rules, "INPUT other\n");
        standIn(
            "iptables",
            `case "$2" in
    --new-chain) grep -qx "chain $3" ${rules} && exit 1; echo "chain $3" >>${rules} ;;
    --append) echo "$3 rule $5" >>${rules} ;;
    --insert) echo "$3 jump $5" >>${rules} ;;
    --delete) grep -qx "$3 jump $5" ${rules} || exit 1
        number=$(grep -nx "$3 jump $5" ${rules} | head -1 | cut -d: -f1); sed -i "$number"d ${rules} ;;
    --flush) grep -qx "chain $3" ${rules} || exit 1; sed -i "/^$3 rule /d" ${rules} ;;
    --delete-chain) grep -q "$3 rule\\|jump $3" ${rules} && exit 1; sed -i "/^chain $3$/d" ${rules} ;;
    *) exit 2 ;;
esac`,
        );
        const cut = script("cut", { MASTER: "10.0.0.1" });
        assert.equal(run(script("heal") + cut).status, 0);
        const made = fs.readFileSync(rules, "utf8");
        assert.equal(made.match(/ jump DRILL-CUT/g)!.length, 3);
        assert.equal(made.match(/DRILL-CUT rule 10.0.0.1/g)!.length, 2);
        assert.equal(run(script("heal") + cut).status, 0, "also over what an earlier run has left");
        fs.appendFileSync(rules, "OUTPUT jump DRILL-CUT\n");
        for (let times = 0; times < 2; times++) assert.equal(run(script("heal")).status, 0);
        assert.equal(fs.readFileSync(rules, "utf8"), "INPUT other\n");
    });

    it("has the host put back by itself what is left broken, until that is done", () => {
        const calls = path.join(dir, "calls");
        for (const name of ["systemctl", "systemd-run"]) standIn(name, `echo "${name} $*" >>${calls}`);
        const unit = `test-${path.basename(dir)}`;
        const text = `/run/drill-${unit}.sh`;
        try {
            assert.equal(run(later(unit, "echo 'it is $HOME'\n")).status, 0);
            assert.equal(fs.readFileSync(text, "utf8"), "echo 'it is $HOME'\n");
            const timer = new RegExp(`systemd-run .*--unit=drill-${unit} --on-active=900 .*/bin/bash ${text}`);
            assert.match(fs.readFileSync(calls, "utf8"), timer);
            assert.equal(run(notLater(unit)).status, 0);
            assert.equal(fs.existsSync(text), false);
            assert.match(fs.readFileSync(calls, "utf8"), new RegExp(`systemctl stop drill-${unit}.timer\n$`));
        } finally {
            fs.rmSync(text, { force: true });
        }
    });
});
