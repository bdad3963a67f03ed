import assert from "node:assert/strict";
import { suiteStack, type Result } from "./cloudStack";

describe("the real provider, when the cloud does not answer as asked", function () {
    this.timeout("5m");
    this.slow(1);
    this.bail(true);

    const stack = suiteStack();
    const { region } = stack;
    /** All that makes something, in no order. */
    const creations = [
        ...["CreateVpc", "CreateVSwitch", "CreateSecurityGroup", "AuthorizeSecurityGroup", "ImportKeyPair"],
        ...["CreateAutoSnapshotPolicy", "CreateDisk", "ApplyAutoSnapshotPolicy", "RunInstances", "AttachDisk"],
    ];
    const made = { vpcs: 1, vswitches: 1, securityGroups: 1, keyPairs: 1, instances: 1, disks: 2, snapshotPolicies: 1 };

    /** How many there are of each kind. */
    async function counts(): Promise<Record<string, number>> {
        const state = Object.entries(await region.state());
        return Object.fromEntries(
            state.flatMap(([kind, all]) => (kind in made ? [[kind, Object.keys(all).length]] : [])),
        );
    }

    it("says what was refused, or that there is no stock, and goes on from there", async () => {
        const stock = { code: "OperationDenied.NoStock", message: "The requested resource is sold out", status: 403 };
        for (const action of creations.filter((each) => each !== "AttachDisk")) {
            const refuse = action === "RunInstances" ? stock : { code: "Forbidden.RAM", status: 403 };
            await region.fault({ action, refuse, count: action === "RunInstances" ? 1000 : 1 });
        }
        let result: Result;
        let ordered: string[];
        do {
            result = await stack.run("up");
            ordered = await stack.orderedFaults();
            assert.notEqual(result.code, 0, result.output);
            assert.match(result.output, /Forbidden\.RAM/);
        } while (ordered.length > 1);
        // The last refusal may have ended that run before it was the host's turn.
        if (!result.output.includes("NoStock")) result = await stack.run("up");
        assert.match(result.output, /host-0[^]*OperationDenied\.NoStock/);
        await region.control("DELETE", "/faults");
        const rest = await stack.run("preview");
        assert.deepEqual(
            rest.changes.filter((each) => !/ (ssh|vxlan)$/.test(each)),
            ["create attached", "create host-0"],
        );
    });

    it("makes no second instance when the answer to the first is lost, and says where it is", async () => {
        await region.fault({ action: "RunInstances", loseAnswer: true });
        // The provider does not ask again, so the stack does not know the instance; its address keeps the next away.
        const lost = await stack.run("up");
        assert.notEqual(lost.code, 0);
        assert.match(lost.output, /host-0[^]*EOF/);
        const refused = await stack.run("up");
        assert.notEqual(refused.code, 0);
        assert.match(refused.output, /InvalidPrivateIpAddress\.Duplicated[^]*10\.20\.0\.10/);
        const [stray, ...more] = await stack.instances();
        assert.deepEqual(more, []);
        await region.release(stray.id);
        assert.deepEqual((await stack.succeeds("up")).changes, ["create attached", "create host-0"]);
        assert.deepEqual(await counts(), made);
    });

    it("gets over throttling, slowness and lost answers, and makes nothing twice", async () => {
        Object.assign(stack, { name: "other", wanted: { ...stack.wanted, name: "other", key: "other" } });
        // Lost answers of these need a hand: nothing tells a repeated call from a second one.
        const unrepeatable = ["RunInstances", "ImportKeyPair", "CreateAutoSnapshotPolicy", "AttachDisk"];
        for (const action of creations) {
            await region.fault({ action, throttle: true });
            await region.fault({ action, delayMs: 1500, loseAnswer: !unrepeatable.includes(action) });
        }
        const { output, code } = await stack.run("up");
        assert.equal(code, 0, output);
        assert.deepEqual(await stack.orderedFaults(), []);
        const twice = Object.fromEntries(Object.entries(made).map(([kind, count]) => [kind, 2 * count]));
        assert.deepEqual(await counts(), twice);
        assert.deepEqual((await stack.succeeds("refresh", "--expect-no-changes")).mutating, []);
    });
});
