import { strict as assert } from "node:assert";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Context } from "../../../../../operations/drill/drill";
import type { Fault, Scene } from "../../../../../operations/drill/faults/fault";
import {
    begunIn,
    forgotten,
    madeIn,
    sshCut,
    untilDone,
    upKilled,
} from "../../../../../operations/drill/faults/up/interrupted";
import { cloudRefuses, mirrorDown } from "../../../../../operations/drill/faults/up/refusing";
import type { Orphan } from "../../../../../operations/forgotten";
import { bootstrapKilled, stepIn } from "../../../../../operations/drill/faults/up/bootstrap";
import { Recorder } from "../../../../../operations/drill/record";
import { Killed } from "../../../../../operations/drill/runs/pulumi";
import { Undo } from "../../../../../operations/drill/undo";
import { stack, StandInShell } from "../../../status/standins";

const lines = [
    "@ updating....",
    " +  alicloud:ecs:Instance node-02 creating (0s) ",
    " +  alicloud:ecs:Instance node-02 created (9s) ",
    " +  command:remote:Command node-02-join creating (0s) ",
    " +  command:remote:Command node-02-join creating (3s) ==> node-02: kubeadm join",
    " +  command:remote:Command node-02-join created (5s) ",
    " ~  command:remote:Command ready updated (1s) [diff: ~triggers]",
];

/** A scene whose `pulumi` says lines, or fails; what was called, and what was told to nobody. */
function scene(ends: (Error | undefined)[] = [], control?: string) {
    const done: string[] = [];
    const hosts = ["master", "node-01", "node-02"].map((name) => ({ name, publicAddress: "", hostKey: "" }));
    const recorder = new Recorder({ drill: "", what: "", stack: "" });
    const shell = new StandInShell({ sshd: { stdout: "" } });
    const there: Orphan[] = [];
    const context = {
        stack: { ...stack(), controlPlane: "master", access: { hosts, operatorKey: "" }, control },
        cloud: {
            release: async (host: string) => void done.push(`release ${host}`),
            orphans: async () => there,
            forget: async ({ id }: Orphan) => {
                done.push(`release ${id}`);
                there.pop();
            },
        },
        reread: async () => void done.push("reread"),
        async pulumi(args: string[], _: number, __: unknown, heard?: (line: string) => boolean) {
            done.push(args[0]);
            if (args[0] !== "up") return "";
            const at = lines.find((line) => heard?.(line));
            if (at?.includes("Instance")) there.push({ kind: "host", id: "i-9", name: "node-02", where: "" });
            if (at) throw new Killed(at);
            const end = ends.shift();
            if (end) throw end;
            return "";
        },
        ...{ recorder, shell, undo: new Undo(5), say: () => undefined },
    } as unknown as Context;
    return { done, there, shell, context, scene: { context, host: "node-02" } as Scene };
}

const repair = (fault: Fault, here: Scene) => fault.repair!.run(here);

describe("a `pulumi up` that is cut short", () => {
    it("has its steps known by what it says", () => {
        assert.deepEqual(lines.map(madeIn).filter(Boolean), ["node-02", "node-02-join"]);
        assert.deepEqual([...new Set(lines.map(begunIn))].filter(Boolean), ["node-02-join"]);
        assert.equal(madeIn("++ command:remote:Command leave created replacement (1s)"), "leave");
    });

    it("is killed after each thing that it has made, once; its lock is taken away, and a host that it has made and forgotten", async () => {
        const { done, context, scene: here } = scene();
        await repair(upKilled, here);
        const first = ["up", "cancel", "reread", "release i-9"];
        assert.deepEqual(done, [...first, "up", "cancel", "reread", "up", "refresh", "reread"]);
        assert.equal(context.recorder.record.facts[0].value, "2 times, after node-02, node-02-join");
    });

    it("is, where it makes a whole cluster, killed at each type of the cloud's, each step on a host, and Kubernetes", async () => {
        const more = [" +  alicloud:vpc:Network n created (1s)", " +  kubernetes:core/v1:Service s created (1s) "];
        assert.deepEqual([...lines, ...more].map(stepIn).filter(Boolean), [
            "Instance",
            "node-02-join",
            "Network",
            "Kubernetes' objects",
        ]);
        assert.equal(stepIn(" +  command:local:Command backup created (0.1s)"), undefined);
        const { done, context, scene: here } = scene();
        const reached = { ...here, watch: { reach: async () => void done.push("reach") } } as unknown as Scene;
        await repair(bootstrapKilled, reached);
        assert.equal(done.filter((word) => word === "cancel").length, 2);
        assert.equal(done.at(-1), "reach");
        assert.match(context.recorder.record.facts[0].value, /^2 times, after Instance, node-02-join$/);
    });

    it("has SSH cut on the new host and the master when a step begins, and is run again where that failed it", async () => {
        const { done, shell, scene: here } = scene([new Error("command:remote:Command node-02-join: EOF")]);
        await repair(sshCut, here);
        assert.deepEqual(
            done.filter((word) => word !== "reread"),
            ["up", "up"],
        );
        assert.deepEqual(shell.runs.map(({ host }) => host).sort(), ["master", "node-02"]);
        assert.match(here.context.recorder.record.facts[0].value, /^at node-02-join; 1 times/);
    });

    it("is given up when it never comes to an end, with its reason", async () => {
        const forever = Array.from({ length: 60 }, () => new Error("no route"));
        await assert.rejects(untilDone(scene(forever).scene), /^Error: 50 times: no route$/);
    });

    it("is not over while the cloud has an instance that the stack does not know", async () => {
        const { there, scene: here } = scene();
        assert.equal(await forgotten(here), undefined);
        there.push({ kind: "host", id: "i-9", name: "node-02", where: "" });
        assert.match((await forgotten(here))!, /^host node-02 \(i-9\).* is in the cloud/);
    });
});

describe("a cloud and a mirror that refuse", () => {
    const orders: string[] = [];
    const server = createServer((request, response) => {
        void (async () => {
            let body = "";
            for await (const chunk of request) body += String(chunk);
            orders.push(`${request.method} ${request.url} ${body}`.trim());
            response.end("{}");
        })();
    });
    let control: string;
    before(async () => {
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        control = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    beforeEach(() => void orders.splice(0));
    after(() => server.close());

    it("are for a stack in a rehearsal region alone", () => {
        for (const { hosts } of [cloudRefuses, mirrorDown]) {
            assert.deepEqual(hosts!(scene().context.stack), []);
            assert.equal(hosts!(scene([], control).context.stack).length, 2);
        }
    });

    it("have what was ordered forgotten again", async () => {
        const { context, scene: here } = scene([new Error("OperationDenied.NoStock")], control);
        await cloudRefuses.break(here);
        await repair(cloudRefuses, here);
        assert.equal(orders.length, 4);
        assert.match(orders[1], /^POST \/faults .*RunInstances.*NoStock/);
        assert.deepEqual(context.recorder.record.facts[0], { name: "Refused", value: "OperationDenied.NoStock" });
        assert.deepEqual(await context.undo.all(), []);
        assert.equal(orders.at(-1), "DELETE /faults");
    });

    it("have the mirror down from the fault's begin, and up again whatever becomes of the drill", async () => {
        const { context, scene: here } = scene([], control);
        await mirrorDown.break(here);
        await repair(mirrorDown, here);
        assert.deepEqual(await context.undo.all(), []);
        assert.deepEqual(orders, ['POST /mirror {"down":true}', 'POST /mirror {"down":false}']);
    });
});
