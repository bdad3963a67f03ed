import * as assert from "node:assert/strict";
import { matchSnapshot } from "../snapshot";
import { one, run } from "./engine";
import { madeBefore } from "./order";

describe("the stack's certificates", () => {
    it("are renewed by a timer on the control plane, from before the cluster is in service", async () => {
        const deployment = await run();
        const step = (name: string) => one(deployment, "Command", name);
        matchSnapshot("step.certificates", step("certificates").inputs.create);
        assert.equal(step("certificates").inputs.connection.host, step("control-plane").inputs.connection.host);
        assert.ok(madeBefore(deployment, step("certificates")).has(step("control-plane").urn));
        assert.ok(madeBefore(deployment, step("in-service")).has(step("certificates").urn));
    });
});
