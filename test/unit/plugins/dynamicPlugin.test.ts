import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";

const root = path.join(__dirname, "../../..");

describe("the plugin of dynamic resources", () => {
    it("runs the program's own Pulumi package, which says the port that it listens on", async () => {
        const script = path.join(root, "rehearsal/toolchain/dynamic.sh");
        const plugin = spawn("sh", [script, "127.0.0.1:1"], { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
        const [line] = await once(plugin.stdout.setEncoding("utf8"), "data");
        plugin.kill();
        assert.match(line, /^\d+\n$/);
        const [, signal] = await once(plugin, "exit");
        assert.equal(signal, "SIGTERM", "the shell gave way to the plugin");
    });

    it("says so where the program has no Pulumi package", async () => {
        const script = path.join(root, "rehearsal/toolchain/dynamic.sh");
        const plugin = spawn("sh", [script, "127.0.0.1:1"], { cwd: "/", stdio: "ignore" });
        const [code] = await once(plugin, "exit");
        assert.notEqual(code, 0);
    });
});
