import * as ecs from "@alicloud/ecs20140526";
import * as vpc from "@alicloud/vpc20160428";
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { startCloud } from "../../../rehearsal/cloud/server";
import { MachinesInMemory } from "./machines";
import { Region, regionId } from "./region";

describe("the cloud, started again", () => {
    let region: Region;
    beforeEach(async () => (region = await new Region().start()));
    afterEach(() => region.stop());

    it("knows everything, and who had which token", async () => {
        const network = await region.network();
        const create = () =>
            region.vpc.createVpc(new vpc.CreateVpcRequest({ regionId, cidrBlock: "10.0.0.0/16", clientToken: "t" }));
        const made = (await create()).body!.vpcId;
        const id = await region.instance(network);
        const diskId = await region.disk();
        await region.attach(diskId, id);
        const before = await region.state();
        await region.cloud.close();
        await region.start();
        assert.deepEqual(await region.state(), before);
        assert.equal((await create()).body!.vpcId, made);
    });

    it("starts what should run and leaves off what should not", async () => {
        const network = await region.network();
        const [running, stopped] = [await region.instance(network), await region.instance(network)];
        await region.ecs.stopInstance(new ecs.StopInstanceRequest({ instanceId: stopped }));
        await region.until(async () => (await region.status(stopped)) === "Stopped");
        await region.cloud.close();
        // The whole machine went down.
        region.machines.die(running);
        region.machines.networks.clear();
        await region.start();
        await region.until(async () => (await region.status(running)) === "Running");
        assert.equal(region.machines.machine(running).on, true);
        assert.equal(region.machines.machine(stopped).on, false);
        assert.ok(region.machines.networks.has(network.vSwitchId));
    });

    it("finishes what a crash interrupted", async () => {
        const network = await region.network();
        const id = await region.instance(network);
        const [attaching, detaching] = [await region.disk(), await region.disk()];
        await region.attach(detaching, id);
        await region.cloud.close();
        const file = path.join(region.folder, "cloud.json");
        const state = JSON.parse(fs.readFileSync(file, "utf8"));
        Object.assign(state.disks[attaching], { status: "Attaching", instanceId: id, device: "/dev/xvdc" });
        state.disks[detaching].status = "Detaching";
        const pending = { ...state.instances[id], id: "i-pending", status: "Pending", machine: "none" };
        const going = { ...state.instances[id], id: "i-going", status: "Stopping", releasing: true };
        Object.assign(state.instances, { "i-pending": pending, "i-going": going });
        fs.writeFileSync(file, JSON.stringify(state));
        await region.start();
        await region.until(async () => (await region.status("i-pending")) === "Running");
        await region.until(async () => (await region.describe("i-going")) === undefined);
        await region.until(async () => (await region.describeDisk(attaching))!.status === "In_use");
        await region.until(async () => (await region.describeDisk(detaching))!.status === "Available");
        assert.deepEqual([...region.machines.machine(id).disks.keys()], [attaching]);
    });

    it("keeps a second one from its state", async () => {
        const port = Number(new URL(region.cloud.url).port);
        const machines = new MachinesInMemory();
        const second = startCloud({
            stateFile: path.join(region.folder, "cloud.json"),
            hypervisor: machines,
            accessKeyId: "id",
            accessKeySecret: "secret",
            region: regionId,
            port,
            controlPort: 0,
        });
        await assert.rejects(second, new RegExp(`127.0.0.1:${port} can't be listened on`));
    });

    it("refuses a state that is not one, and says what to do", async () => {
        await region.network();
        await region.cloud.close();
        const file = path.join(region.folder, "cloud.json");
        const good = fs.readFileSync(file);
        for (const [text, why] of [
            ["{", /cloud\.json is not JSON.*Move it away/],
            ['{"version":7}', /cloud\.json has version 7, not 1.*Move it away/],
        ] as const) {
            fs.writeFileSync(file, text);
            await assert.rejects(region.start(), why);
        }
        fs.writeFileSync(file, good);
        await region.start();
        assert.equal(Object.keys((await region.state()).vpcs).length, 1);
    });
});
