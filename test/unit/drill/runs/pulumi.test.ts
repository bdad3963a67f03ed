import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Killed, pulumi } from "../../../../operations/drill/runs/pulumi";
import { waitFor } from "../../../../operations/status/wait";

describe("pulumi in a drill", () => {
    const before = process.env.PATH;
    let dir: string;
    beforeEach(() => {
        dir = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-"));
        process.env.PATH = `${dir}:${before}`;
    });
    afterEach(() => {
        process.env.PATH = before;
        fs.rmSync(dir, { recursive: true, force: true });
    });
    const standIn = (body: string) =>
        fs.writeFileSync(path.join(dir, "pulumi"), `#!/bin/bash\n# Stand-in for pulumi.\n${body}\n`, { mode: 0o755 });

    it("is run on the stack, and its words are returned", async () => {
        standIn('echo "$@"');
        assert.equal(await pulumi(["up", "--yes"], "local", 20), "up --yes --stack local --non-interactive\n");
    });

    it("fails with what it says of that", async () => {
        standIn('printf "Previewing\\nDiagnostics:\\n  disk:\\n    error: it is\\n    protected\\n\\n"; exit 255');
        await assert.rejects(pulumi(["destroy"], "local", 20), /^Error: pulumi destroy: disk: error: it is protected$/);
        const warned = "  stack:\\n    warning: using one from PATH\\n";
        const step =
            "  join:\\n    error: Process exited: running ...\\n    FAILED on node-01 in step: kubeadm join\\n";
        standIn(`printf "Diagnostics:\\n${warned}${step}"; exit 255`);
        await assert.rejects(
            pulumi(["up"], "local", 20),
            /^Error: pulumi up: FAILED on node-01 in step: kubeadm join$/,
        );
        standIn("echo 'error: no stack' >&2; exit 1");
        await assert.rejects(pulumi(["up"], "local", 20), /^Error: pulumi up: error: no stack$/);
    });

    it("is killed with all that it has started where a line comes that is waited for", async () => {
        const after = path.join(dir, "after");
        standIn(
            `setsid --wait bash -c 'sleep 1; touch ${after}' & echo ' +  a:b:C one cre'; echo ' +  a:b:C two created (1s)'; wait`,
        );
        const heard: string[] = [];
        const killed = pulumi(["up"], "local", 20, undefined, (line) => heard.push(line) === 2);
        await assert.rejects(killed, (error: Error) => error instanceof Killed && /two created/.test(error.message));
        assert.deepEqual(heard, [" +  a:b:C one cre", " +  a:b:C two created (1s)"]);
        // What it had started would have been done by then.
        await new Promise((resolve) => setTimeout(resolve, 1500));
        assert.equal(fs.existsSync(after), false);
    });

    it("ends in good order when its time is over, or when nobody waits", async () => {
        const ended = path.join(dir, "ended");
        const begun = path.join(dir, "begun");
        standIn(`trap 'touch ${ended}; exit 1' INT; touch ${begun}; for ((;;)); do sleep 0.05; done`);
        await assert.rejects(pulumi(["up"], "local", 1), /^Error: pulumi up was not done within 1 s$/);
        assert.equal(fs.existsSync(ended), true);
        fs.rmSync(ended);
        fs.rmSync(begun);
        const end = new AbortController();
        const running = pulumi(["up"], "local", 60, end.signal);
        await waitFor(async () => fs.existsSync(begun), 20, "it did not begin");
        end.abort(new Error("ended by Ctrl-C"));
        await assert.rejects(running, /^Error: ended by Ctrl-C$/);
        assert.equal(fs.existsSync(ended), true);
    });
});
