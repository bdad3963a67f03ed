import * as assert from "node:assert/strict";
import { script } from "../../../cluster/shell";
import { Sandbox } from "./sandbox";

describe("fetching images ahead", () => {
    let host: Sandbox;
    const run = () => host.run(script("images", { IMAGES: "ghcr.io/one:1 ghcr.io/two:2" }));

    beforeEach(() => {
        host = new Sandbox();
        host.standIn("containerd", `printf '%s\\n' "    [plugins]" "      sandbox = 'registry.k8s.io/pause:3'"`);
    });
    afterEach(() => host.remove());

    it("has those come, and what each pod of this containerd begins with, by way of the mirrors", async () => {
        host.standIn("ctr");
        const { status, stderr } = await run();
        assert.equal(status, 0, stderr);
        const pull = `ctr -n k8s.io images pull --hosts-dir ${host.at("/etc/containerd/certs.d")}`;
        assert.deepEqual(
            host.calls("ctr").map((call) => `ctr ${call}`),
            ["registry.k8s.io/pause:3", "ghcr.io/one:1", "ghcr.io/two:2"].map((image) => `${pull} ${image}`),
        );
    });

    it("warns of one that can't be had, which the kubelet may get later, and goes on", async () => {
        host.standIn("ctr", `[[ $* != *one:1 ]] || { echo "no such host" >&2; exit 1; }`);
        const { status, stderr } = await run();
        assert.equal(status, 0, stderr);
        assert.match(stderr, /^WARNING: ghcr\.io\/one:1 can't be had now; the kubelet will try again: no such host$/m);
        assert.match(host.calls("ctr").at(-1)!, /two:2$/);
    });
});
