import Ecs from "@alicloud/ecs20140526";
import Vpc from "@alicloud/vpc20160428";
import * as ecs from "@alicloud/ecs20140526";
import * as vpc from "@alicloud/vpc20160428";
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import type { Call, Fault } from "../../../rehearsal/cloud/faults";
import { RunningCloud, startCloud } from "../../../rehearsal/cloud/server";
import type { State } from "../../../rehearsal/cloud/state/records";
import { MachinesInMemory } from "./machines";

export const regionId = "cn-hangzhou";
export const zoneId = "cn-hangzhou-j";
export const imageId = "debian_12_10_x64_20G_alibase_20260915.vhd";
export const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMFcBKx3h4zN0GQ3dUxUn8bSvMLD5mT+Zl5Rm7j6Vh5d test";

/** A region of its own for a test, with the official SDK's clients to it. */
export class Region {
    readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "cloud-"));
    readonly machines = new MachinesInMemory();
    /** Stands in for the region's mirror. */
    readonly mirror = { down: false };
    /** And for its object storage. */
    readonly objects = { down: false };
    /** What failed behind the API. */
    readonly log: string[] = [];
    cloud!: RunningCloud;
    ecs!: Ecs;
    vpc!: Vpc;

    async start(): Promise<this> {
        this.cloud = await startCloud({
            stateFile: path.join(this.folder, "cloud.json"),
            hypervisor: this.machines,
            mirror: this.mirror,
            objects: this.objects,
            accessKeyId: "id",
            accessKeySecret: "secret",
            region: regionId,
            port: 0,
            controlPort: 0,
            log: (line) => this.log.push(line),
        });
        this.ecs = new Ecs(this.config());
        this.vpc = new Vpc(this.config());
        return this;
    }

    async stop(): Promise<void> {
        await this.cloud.close();
        fs.rmSync(this.folder, { recursive: true, force: true });
    }

    config(key: { accessKeyId?: string; accessKeySecret?: string } = {}): ConstructorParameters<typeof Ecs>[0] {
        const endpoint = new URL(this.cloud.url).host;
        const config = { accessKeyId: "id", accessKeySecret: "secret", endpoint, protocol: "http", regionId, ...key };
        return config as unknown as ConstructorParameters<typeof Ecs>[0];
    }

    async control<T>(method: string, where: string, body?: object): Promise<T> {
        const response = await fetch(this.cloud.controlUrl + where, { method, body: body && JSON.stringify(body) });
        const answer = (await response.json()) as T & { error?: string };
        assert.ok(response.ok, answer.error);
        return answer;
    }

    fault(fault: Fault): Promise<unknown> {
        return this.control("POST", "/faults", fault);
    }

    async calls(query = ""): Promise<Call[]> {
        return (await this.control<{ calls: Call[] }>("GET", `/calls${query}`)).calls;
    }

    state(): Promise<State> {
        return this.control("GET", "/state");
    }

    /** A VPC, a vSwitch and a security group. */
    async network(): Promise<{ vpcId: string; vSwitchId: string; securityGroupId: string }> {
        const made = await this.vpc.createVpc(new vpc.CreateVpcRequest({ regionId, cidrBlock: "10.0.0.0/16" }));
        const vpcId = made.body!.vpcId!;
        const vSwitchId = await this.vswitch(vpcId, "10.0.1.0/24");
        return { vpcId, vSwitchId, securityGroupId: await this.group(vpcId) };
    }

    async vswitch(vpcId: string, cidrBlock: string): Promise<string> {
        const request = new vpc.CreateVSwitchRequest({ regionId, vpcId, zoneId, cidrBlock });
        return (await this.vpc.createVSwitch(request)).body!.vSwitchId!;
    }

    async group(vpcId: string, more: object = {}): Promise<string> {
        const request = new ecs.CreateSecurityGroupRequest({ regionId, vpcId, ...more });
        return (await this.ecs.createSecurityGroup(request)).body!.securityGroupId!;
    }

    /** An instance that runs when this resolves. */
    async instance(network: { vSwitchId: string; securityGroupId: string }, more: object = {}): Promise<string> {
        const id = await this.run(network, more);
        await this.until(async () => (await this.status(id)) === "Running");
        return id;
    }

    async run(network: { vSwitchId: string; securityGroupId: string }, more: object = {}): Promise<string> {
        const { vSwitchId, securityGroupId } = network;
        const what = {
            regionId,
            imageId,
            instanceType: "ecs.c6.large",
            vSwitchId,
            securityGroupIds: [securityGroupId],
        };
        const answer = await this.ecs.runInstances(new ecs.RunInstancesRequest({ ...what, ...more }));
        return answer.body!.instanceIdSets!.instanceIdSet![0];
    }

    async describe(id: string) {
        const request = new ecs.DescribeInstancesRequest({ regionId, instanceIds: JSON.stringify([id]) });
        return (await this.ecs.describeInstances(request)).body!.instances!.instance!.at(0);
    }

    async status(id: string): Promise<string | undefined> {
        return (await this.describe(id))?.status;
    }

    async release(id: string): Promise<void> {
        await this.ecs.deleteInstance(new ecs.DeleteInstanceRequest({ instanceId: id, force: true }));
        await this.until(async () => (await this.describe(id)) === undefined);
    }

    async disk(more: object = {}): Promise<string> {
        const what = { regionId, zoneId, diskCategory: "cloud_essd", size: 20 };
        const answer = await this.ecs.createDisk(new ecs.CreateDiskRequest({ ...what, ...more }));
        return answer.body!.diskId!;
    }

    async describeDisk(id: string) {
        const request = new ecs.DescribeDisksRequest({ regionId, diskIds: JSON.stringify([id]) });
        return (await this.ecs.describeDisks(request)).body!.disks!.disk!.at(0);
    }

    attach(diskId: string, instanceId: string): Promise<unknown> {
        return this.ecs.attachDisk(new ecs.AttachDiskRequest({ diskId, instanceId }));
    }

    async until(condition: () => boolean | Promise<boolean>): Promise<void> {
        for (const end = Date.now() + 5000; !(await condition()); await sleep(2)) {
            assert.ok(Date.now() < end, `not so after 5 s: ${String(condition)}`);
        }
    }
}

/** The call is refused with this code of the cloud, and status when given. */
export async function refuses(call: Promise<unknown>, code: string, status?: number): Promise<void> {
    await assert.rejects(call, (error: { code?: string; statusCode?: number; message: string }) => {
        assert.equal(error.code, code, error.message);
        if (status) assert.equal(error.statusCode, status);
        return true;
    });
}
