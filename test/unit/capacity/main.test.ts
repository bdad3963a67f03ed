import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const root = path.resolve(__dirname, "../../..");
const rancher = path.join(__dirname, "manifests/rancher.yaml");
const small = `apiVersion: v1
kind: Pod
metadata: { name: small }
spec: { containers: [{ name: small, resources: { limits: { memory: 64Mi, cpu: 10m } } }] }
`;

describe("npm run capacity", () => {
    let dir: string;
    beforeEach(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), "capacity-main-"))));
    afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

    function capacity(args: string[], input = "") {
        fs.writeFileSync(path.join(dir, "pulumi"), "#!/bin/bash\n# Stand-in.\necho 'error: no stack' >&2; exit 255\n", {
            mode: 0o755,
        });
        const main = path.join(root, "operations/capacity/main.ts");
        const env = { ...process.env, PATH: `${dir}:${process.env.PATH}` };
        return spawnSync(process.execPath, ["--import", "tsx", main, ...args], {
            ...{ cwd: root, env, input, encoding: "utf8" },
        });
    }

    it("takes a manifest from what comes in, beside a stack's plan: exit status 0 where it fits", () => {
        const { status, stdout, stderr } = capacity(["-", "--stack", "dev"], small);
        assert.equal(status, 0, stdout + stderr);
        assert.match(stdout, /^1 pod that requests 0\.01 CPU and 64 MiB of memory, beside the plan of stack dev\./);
        assert.match(stdout, /\n {2}master .*\n {2}node-01 .*\n {2}node-02 [^]*\n✔ It fits\.\n$/);
    });

    it("writes JSON and pictures: exit status 1 where it does not fit", () => {
        const [picture, page] = ["picture.svg", "page.html"].map((name) => path.join(dir, name));
        const { status, stdout } = capacity([rancher, "--stack", "dev", "--json", "--svg", picture, "--html", page]);
        assert.equal(status, 1);
        const { fits, faults } = JSON.parse(stdout) as { fits: boolean; faults: string[] };
        assert.equal(fits, false);
        assert.match(faults.join("\n"), /^Rancher is documented to need 3 nodes/m);
        assert.match(fs.readFileSync(picture, "utf8"), /^<svg /);
        assert.match(fs.readFileSync(page, "utf8"), /^<!doctype html>/);
    });

    it("can't tell by a bad manifest, without one, or without a cluster: exit status 2, and no stack trace", () => {
        const cases: [string[], string, RegExp][] = [
            [["-", "--stack", "dev"], "kind: [", /^what comes in, document 1, line 1: no YAML: /],
            [
                ["-", "--stack", "nowhere"],
                small,
                /nowhere is no stack of this project: there is no Pulumi\.nowhere\.yaml/,
            ],
            [[], "", /which manifest\?\nnpm run capacity/],
            [["-"], small, /pulumi stack export: error: no stack/],
        ];
        for (const [args, input, message] of cases) {
            const { status, stdout, stderr } = capacity(args, input);
            assert.deepEqual([status, stdout], [2, ""], stderr);
            assert.match(stderr, message);
            assert.doesNotMatch(stderr, /^\s+at /m);
        }
        const help = capacity(["--help"]);
        assert.deepEqual([help.status, help.stderr], [0, ""]);
        assert.match(help.stdout, /Exit status: 0 it fits/);
    });
});
