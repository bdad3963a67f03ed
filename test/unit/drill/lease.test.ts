import { strict as assert } from "node:assert";
import { claim } from "../../../operations/drill/lease";
import { Undo } from "../../../operations/drill/undo";
import { waitFor } from "../../../operations/status/wait";
import { StandInApi } from "../status/standins";
import { Leases } from "./leases";

describe("the claim of a drill on its stack", () => {
    let now: number;
    let leases: Leases;
    let undos: Undo[];
    const began = Date.parse("2026-05-04T12:00:00Z");
    beforeEach(() => {
        now = began;
        leases = new Leases();
        undos = [];
    });
    afterEach(() => Promise.all(undos.map((undo) => undo.all())));

    const said: string[] = [];
    const claimed = async (holder: string, api = new StandInApi(leases.replies()), every?: number) => {
        const undo = new Undo(5);
        undos.push(undo);
        await claim({ api, undo, say: (text) => void said.push(text) }, holder, () => now, every);
        return undo;
    };
    const held = () => leases.one?.spec.holderIdentity;

    it("keeps a second one out for as long as it runs, and says by whom and since when", async () => {
        const undo = await claimed("desk:17:2026-05-04T12:00:00.000Z");
        now += 20_000;
        await assert.rejects(
            claimed("lap:18:2026-05-04T12:00:20.000Z"),
            /since 2026-05-04T12:00:00\.000Z, process 17 on desk: wait for its end.*over in 40 s/,
        );
        assert.equal(held()?.split(":")[0], "desk");
        assert.deepEqual(await undo.all(), []);
        assert.equal(held(), undefined);
        await claimed("lap:18:x");
        assert.equal(held(), "lap:18:x");
    });

    it("says what else there is to do where the Kubernetes API is away", async () => {
        const away = () => {
            throw new Error("https://192.0.2.10:6443 gave no answer within 6 s");
        };
        const [[asked]] = Object.entries(leases.replies());
        await assert.rejects(
            claimed("desk:17:x", new StandInApi({ [asked]: away })),
            /no answer within 6 s; without the Kubernetes API .* within 15 minutes; .*docs\/recovery\.md/,
        );
        assert.equal(held(), undefined);
    });

    it("is over when nobody renews it, and the next one's is not ended by whoever had it before", async () => {
        const first = await claimed("desk:17:x");
        now += 61_000;
        await claimed("lap:18:y");
        assert.equal(held(), "lap:18:y");
        assert.deepEqual(await first.all(), []);
        assert.equal(held(), "lap:18:y");
    });

    it("is renewed while it runs, also in a cluster that was made anew; that it was lost is told once", async () => {
        await claimed("desk:17:x", undefined, 0.005);
        const { acquireTime } = leases.one!.spec;
        now += 50_000;
        await waitFor(async () => leases.one!.spec.renewTime.startsWith("2026-05-04T12:00:50"), 5, "not renewed");
        assert.equal(leases.one!.spec.acquireTime, acquireTime);
        leases.one = undefined;
        await waitFor(async () => held() === "desk:17:x", 5, "not made anew");
        leases.one!.spec.holderIdentity = "lap:18:y";
        await waitFor(async () => said.length > 0, 5, "nothing was said");
        assert.match(said.join("\n"), /^this drill is not alone any more: .* since y, process 18 on lap: [^\n]*$/);
    });

    it("is had by one of two who ask at once", async () => {
        // Each has read before the other writes.
        for (const expired of [false, true]) {
            if (expired) now += 120_000;
            const both = await Promise.allSettled(["a:1:x", "b:2:x"].map((holder) => claimed(`${holder}${now}`)));
            const refused = both.filter(({ status }) => status === "rejected");
            assert.equal(refused.length, 1);
            assert.match(String((refused[0] as PromiseRejectedResult).reason), /a drill has run on this stack since/);
        }
    });

    it("is not had where the API does not say whose it is", async () => {
        const api = new StandInApi({ "GET .*": () => ({ status: 503, body: '{"message":"etcd is away"}' }) });
        await assert.rejects(claimed("desk:17:x", api), /503 etcd is away/);
        assert.deepEqual(await undos[0].all(), []);
    });
});
