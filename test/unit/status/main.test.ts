import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const root = path.resolve(__dirname, "../../..");

describe("npm run status", () => {
    let dir: string;
    beforeEach(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), "status-main-"))));
    afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

    /** Runs it with stand-ins in bash for `pulumi` and `ssh`. */
    function status(pulumi: string, ...args: string[]) {
        for (const [name, body] of Object.entries({ pulumi, ssh: "echo 'Connection timed out' >&2; exit 255" })) {
            fs.writeFileSync(path.join(dir, name), `#!/bin/bash\n# Stand-in for ${name}.\n${body}\n`, { mode: 0o755 });
        }
        const env = { ...process.env, PATH: `${dir}:${process.env.PATH}`, TMPDIR: dir };
        const main = path.join(root, "operations/status/main.ts");
        const run = spawnSync(process.execPath, ["--require", "tsx/cjs", main, ...args], {
            cwd: root,
            env,
            encoding: "utf8",
        });
        const left = fs.readdirSync(dir).filter((name) => name.startsWith("status-"));
        assert.deepEqual(left, [], "the keys are removed");
        return run;
    }

    it("can't tell without a state: exit status 2, in Pulumi's words, and no stack trace", () => {
        const {
            status: code,
            stdout,
            stderr,
        } = status("echo 'error: incorrect passphrase' >&2; exit 255", "--stack", "dev");
        assert.deepEqual([code, stdout], [2, ""]);
        assert.match(stderr, /incorrect passphrase/);
        assert.doesNotMatch(stderr, /^\s+at /m);
    });

    it("can't tell what it does not understand", () => {
        assert.equal(status("exit 1", "--colour").status, 2);
        assert.match(status("exit 1", "--within", "soon").stderr, /--within soon: it must be a number of seconds/);
    });

    it("says of a dead stack what is down, as a table or as JSON: exit status 1", () => {
        const secret = (text: string) => ({ plaintext: JSON.stringify(text) });
        const resource = (type: string, name: string, outputs: object) => ({
            urn: `urn:pulumi:dev::p::${type}::${name}`,
            type,
            outputs,
        });
        const state = path.join(dir, "state.json");
        const resources = [
            resource("alicloud:ecs/instance:Instance", "master", { publicIp: "198.51.100.2" }),
            resource("command:local:Command", "operator", { stdout: secret("public\nkey") }),
        ];
        fs.writeFileSync(state, JSON.stringify({ deployment: { resources } }));
        const pulumi = `[[ "$*" == *"--stack dev"* ]] && cat ${state}`;
        const table = status(pulumi, "--stack", "dev");
        assert.equal(table.status, 1, table.stderr);
        assert.match(
            table.stdout,
            /^Stack dev, [^]*✘ Kubernetes API[^]*\n {4}this stack has no cluster yet: pulumi up\n/,
        );
        assert.match(table.stdout, /\n0 up, 2 down, 13 not in this stack\.\n$/);
        const document = JSON.parse(status(pulumi, "--stack", "dev", "--json").stdout) as {
            up: boolean;
            parts: object[];
        };
        assert.deepEqual([document.up, document.parts.length], [false, 15]);
    });
});
