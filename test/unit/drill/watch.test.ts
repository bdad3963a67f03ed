import { strict as assert } from "node:assert";
import { Watch } from "../../../operations/drill/watch";
import { waitFor } from "../../../operations/status/wait";
import { Stand } from "./stand";

describe("the watch over a stack in a drill", () => {
    it("looks at the cluster of now when another has taken its place", async () => {
        const stand = new Stand();
        const context = stand.context();
        const watch = new Watch(context);
        try {
            await watch.begin();
            const former = context.api;
            Object.assign(context, { api: stand.context().api });
            former.request = () => Promise.reject(new Error("there is no such cluster any more"));
            const since = context.recorder.now();
            let different: string | undefined;
            const asBefore = async () => (different = await watch.different(since)) === undefined;
            await waitFor(asBefore, 10, "").catch(() => assert.fail(different));
        } finally {
            await context.undo.all();
        }
    });
});
