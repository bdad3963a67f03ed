import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const root = path.resolve(__dirname, "../../..");

describe("npm run drill", () => {
    let dir: string;
    beforeEach(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), "drill-main-"))));
    afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

    /** Runs it with stand-ins in bash for `pulumi` and `ssh`. */
    function drill(pulumi: string, ...args: string[]) {
        for (const [name, body] of Object.entries({ pulumi, ssh: "echo 'Connection timed out' >&2; exit 255" })) {
            fs.writeFileSync(path.join(dir, name), `#!/bin/bash\n# Stand-in for ${name}.\n${body}\n`, { mode: 0o755 });
        }
        const own = Object.entries(process.env).filter(([name]) => !/^ALI(BABA_?)?CLOUD_/.test(name));
        const env = {
            ...Object.fromEntries(own),
            PATH: `${dir}:${process.env.PATH}`,
            TMPDIR: dir,
            XDG_STATE_HOME: dir,
        };
        const main = path.join(root, "operations/drill/main.ts");
        const run = spawnSync(process.execPath, ["--import", "tsx", main, ...args], {
            cwd: root,
            env,
            encoding: "utf8",
        });
        const left = fs.readdirSync(dir).filter((name) => /^drill-/.test(name));
        assert.deepEqual(left, [], "the keys are removed");
        return run;
    }

    /** A `pulumi` that has a stack, whose API server nobody answers for, and that says this of its drills and its cloud. */
    function stack(marked: string, cloud = ["region", "accessKey", "secretKey"]): string {
        const secret = (text: string) => ({ plaintext: JSON.stringify(text) });
        const resource = (type: string, name: string, outputs: object, inputs = {}) => {
            return { urn: `urn:pulumi:dev::p::${type}::${name}`, type, outputs, inputs };
        };
        const cluster = { server: "https://127.0.0.1:1", "certificate-authority-data": "" };
        const user = { "client-certificate-data": "", "client-key-data": "" };
        const kubeconfig = JSON.stringify({ clusters: [{ cluster }], users: [{ user }] });
        const resources = [
            resource("alicloud:ecs/instance:Instance", "master", { publicIp: "198.51.100.2" }),
            resource("command:local:Command", "operator", { stdout: secret("public\nkey") }),
            resource(
                "command:remote:Command",
                "control-plane",
                { stdout: secret(kubeconfig) },
                { connection: { host: "198.51.100.2" } },
            ),
        ];
        fs.writeFileSync(path.join(dir, "state.json"), JSON.stringify({ deployment: { resources } }));
        const config = Object.fromEntries(cloud.map((key) => [`alicloud:${key}`, { value: "x" }]));
        fs.writeFileSync(path.join(dir, "config.json"), JSON.stringify(config));
        const cases = {
            '"config get test-cluster:drills --stack dev"*': marked,
            '"config --json --show-secrets"*"--stack dev"': `cat ${dir}/config.json`,
            "*export*": `cat ${dir}/state.json`,
            "*": "exit 1",
        };
        const lines = Object.entries(cases).map(([when, then]) => `${when}) ${then} ;;`);
        return `case "$*" in ${lines.join(" ")} esac`;
    }

    it("lists the drills, and needs no stack for it", () => {
        const { status, stdout } = drill("exit 1", "list");
        assert.equal(status, 0);
        const names = [...stdout.matchAll(/^(\S+) {2}\S/gm)].map(([, name]) => name);
        assert.equal(names.length, stdout.trim().split("\n").length);
        for (const name of ["avalanche", "worker-released", "rebuild"]) assert.ok(names.includes(name), name);
    });

    it("can't run what it does not know: exit status 2, with what there is", () => {
        const unknown = drill("exit 1", "earthquake");
        const flag = drill("exit 1", "avalanche", "--gently");
        assert.deepEqual([unknown.status, flag.status], [2, 2]);
        assert.match(unknown.stderr, /no drill earthquake\n[^]*--without-protection/);
        assert.doesNotMatch(unknown.stderr + flag.stderr, /^\s+at /m);
    });

    it("takes whole numbers for what is drawn", () => {
        for (const args of [
            ["--seed", "1.5"],
            ["--count", "0"],
        ]) {
            const { status, stderr } = drill("exit 1", "random", ...args);
            assert.equal(status, 2);
            assert.match(stderr, new RegExp(`${args[0]} ${args[1]}: it must be a whole number`));
        }
    });

    it("runs the drills that a seed draws, keeps what became of each, and stops where the stack is not well", () => {
        const { status, stdout, stderr } = drill(
            stack("echo true"),
            "random",
            "--seed",
            "5",
            "--count",
            "2",
            "--short",
        );
        assert.equal(status, 2, stderr);
        assert.match(stderr, /npm run drill -- random --seed 5 --count 2\ndrill 1 of 2: (\S+)/);
        assert.match(stdout, /\n✘ 1 of 2 drills were not run: after \S+ .+\n$/);
        const history = fs.readFileSync(path.join(dir, "test-cluster/drills/history.jsonl"), "utf8");
        assert.deepEqual([history.match(/\n/g)!.length, /"passed":false/.test(history)], [1, true]);
    });

    it("refuses a stack that does not say that it is one for drills, and touches nothing", () => {
        for (const marked of ["exit 1", "echo false"]) {
            const { status, stderr } = drill(stack(marked), "avalanche");
            assert.equal(status, 2);
            assert.match(stderr, /stack dev is not one for drills[^]*config set --stack dev test-cluster:drills true/);
        }
        assert.equal(fs.existsSync(path.join(dir, "test-cluster")), false);
    });

    it("tidies up only a stack that is one for drills, and says when it can't: exit status 2", () => {
        const refused = drill(stack("echo false"), "tidy");
        assert.equal(refused.status, 2);
        assert.match(refused.stderr, /stack dev is not one for drills/);
        // It needs no way to the cloud.
        const unreached = drill(stack("echo true", []), "tidy");
        assert.deepEqual([unreached.status, unreached.stdout], [2, ""]);
        assert.match(unreached.stderr, /./);
        assert.doesNotMatch(unreached.stderr, /alicloud|^\s+at /m);
    });

    it("refuses a stack whose cloud it can't ask, with what is missing", () => {
        const { status, stderr } = drill(stack("echo true", ["region", "accessKey"]), "avalanche");
        assert.equal(status, 2);
        assert.match(stderr, /lack\n {2}alicloud:secretKey: export ALICLOUD_SECRET_KEY=/);
    });

    it("tells of a drill that could not be run in its report: exit status 2", () => {
        const { status, stdout, stderr } = drill(stack("echo true"), "avalanche", "--short", "--json");
        assert.equal(status, 2, stderr);
        const record = JSON.parse(stdout) as { stack: string; broken: string };
        assert.equal(record.stack, "dev");
        assert.match(record.broken, /./);
        const [, report] = /report: (\S+)\n$/.exec(stderr)!;
        assert.match(fs.readFileSync(report, "utf8"), /It did not come to its end/);
        assert.deepEqual(JSON.parse(fs.readFileSync(path.join(path.dirname(report), "record.json"), "utf8")), record);
    });
});
