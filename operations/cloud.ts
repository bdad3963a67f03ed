import Ecs from "@alicloud/ecs20140526";
import * as ecs from "@alicloud/ecs20140526";
import { setTimeout } from "node:timers/promises";
import { ownTags } from "../cluster/names";
import { idsIn, nameOf, resourcesOf, stackIn } from "./access";
import type { CloudSettings } from "./cloudSettings";
import { waitFor } from "./status/wait";

/** The cloud's own interface to a stack's hosts, by their names. */
export interface Cloud {
    /** As DescribeInstances says it, such as Running; "Gone" where there is no such instance any more. */
    status(host: string): Promise<string>;
    /** RebootInstance; forced it is as if the power had been cut. Returns when the cloud says Running again. */
    reboot(host: string, options: { force: boolean }): Promise<void>;
    /** StopInstance, StoppedMode KeepCharging. Returns when it is Stopped; it may be already. */
    stop(host: string, options: { force: boolean }): Promise<void>;
    /** StartInstance. Returns when it is Running; it may be already. */
    start(host: string): Promise<void>;
    /** DeleteInstance, forced: the host is gone, its data disks stay. Returns when it is not listed any more. */
    release(host: string): Promise<void>;
    /**
     * What a cut-off `pulumi up` has made and forgotten: instances that carry the stack's tags and are not in its state,
     * and data disks that are attached where the state has no attachment.
     */
    orphans(): Promise<Orphan[]>;
    /** DeleteInstance, forced, or DetachDisk. Returns when the cloud says that it is done. */
    forget(orphan: Orphan): Promise<void>;
}

/** An instance, or a disk's attachment. */
export interface Orphan {
    kind: "host" | "attachment";
    /** Of the instance, or of the disk. */
    id: string;
    name: string;
    /** Of an instance its address and when it was made, of a disk the instance that it is attached to. */
    where: string;
}

/** In seconds. */
interface Pace {
    /** Between two looks at an instance's status. */
    every: number;
    /** Until an instance is as it was ordered to be. */
    patience: number;
    /** Until an instance that restarts must have left Running; a restart between two looks is seen by nobody. */
    leaving: number;
}

/**
 * The hosts in a stack's state, as `pulumi stack export` prints it.
 * Each method fails with an Error that names the host: no such host, refused by the cloud, or not done in time.
 */
export function cloudOf(
    exported: string,
    settings: CloudSettings,
    pace: Pace = { every: 1, patience: 300, leaving: 10 },
): Cloud {
    const ofType = (type: string) => resourcesOf(exported).filter((each) => each.type === type);
    const instances = ofType("alicloud:ecs/instance:Instance");
    const ids = new Map(instances.map((instance) => [nameOf(instance), instance.id ?? ""]));
    const attached = new Set(ofType("alicloud:ecs/ecsDiskAttachment:EcsDiskAttachment").map(nameOf));
    const disks = ofType("alicloud:ecs/ecsDisk:EcsDisk").filter((disk) => !attached.has(nameOf(disk)));
    const loose = disks.flatMap(({ id }) => id ?? []);
    return new EcsCloud({ name: stackIn(exported), ids, known: idsIn(exported), loose }, settings, pace);
}

/** Of a stack's state, what is asked for here. */
interface Known {
    name: string;
    /** Instances by their hosts' names. */
    ids: Map<string, string>;
    /** The ids of all that it has. */
    known: Set<string>;
    /** Data disks that it attaches to nothing. */
    loose: string[];
}

class EcsCloud implements Cloud {
    private readonly client: Ecs;

    constructor(
        private readonly stack: Known,
        private readonly settings: CloudSettings,
        private readonly pace: Pace,
    ) {
        const { accessKey, secretKey, securityToken, region, endpoint, protocol } = settings;
        const config = {
            ...{ accessKeyId: accessKey, accessKeySecret: secretKey, securityToken },
            ...{ regionId: region, endpoint, protocol, connectTimeout: 10_000, readTimeout: 30_000 },
        };
        this.client = new Ecs(config as ConstructorParameters<typeof Ecs>[0]);
    }

    async status(host: string): Promise<string> {
        const instanceIds = JSON.stringify([this.id(host)]);
        const request = new ecs.DescribeInstancesRequest({ regionId: this.settings.region, instanceIds });
        const answer = await asked(host, "DescribeInstances", this.client.describeInstances(request));
        return answer.body?.instances?.instance?.[0]?.status ?? "Gone";
    }

    async reboot(host: string, { force }: { force: boolean }): Promise<void> {
        const request = new ecs.RebootInstanceRequest({ instanceId: this.id(host), forceStop: force });
        await asked(host, "RebootInstance", this.client.rebootInstance(request));
        const began = Date.now();
        let left = false;
        await this.until(host, "Running again", (status) => {
            left ||= status !== "Running" || Date.now() - began > this.pace.leaving * 1000;
            return left && status === "Running";
        });
    }

    async stop(host: string, { force }: { force: boolean }): Promise<void> {
        const instanceId = this.id(host);
        if ((await this.status(host)) !== "Stopped") {
            const request = new ecs.StopInstanceRequest({
                ...{ instanceId, forceStop: force, stoppedMode: "KeepCharging" },
            });
            await asked(host, "StopInstance", this.client.stopInstance(request));
        }
        await this.until(host, "Stopped");
    }

    async start(host: string): Promise<void> {
        const instanceId = this.id(host);
        if ((await this.status(host)) !== "Running") {
            const request = new ecs.StartInstanceRequest({ instanceId });
            await asked(host, "StartInstance", this.client.startInstance(request));
        }
        await this.until(host, "Running");
    }

    async release(host: string): Promise<void> {
        const request = new ecs.DeleteInstanceRequest({ instanceId: this.id(host), force: true });
        await asked(host, "DeleteInstance", this.client.deleteInstance(request));
        await this.until(host, "Gone");
    }

    async orphans(): Promise<Orphan[]> {
        return [...(await this.forgottenHosts()), ...(await this.forgottenAttachments())];
    }

    async forget({ kind, id, name, where }: Orphan): Promise<void> {
        if (kind === "host") {
            const request = new ecs.DeleteInstanceRequest({ instanceId: id, force: true });
            await asked(name, "DeleteInstance", this.client.deleteInstance(request));
        } else {
            const request = new ecs.DetachDiskRequest({ diskId: id, instanceId: where });
            await asked(name, "DetachDisk", this.client.detachDisk(request));
        }
        const gone = async () => (await this.orphans()).every((each) => each.id !== id);
        await waitFor(gone, this.pace.patience, `${name} (${id}) is there still`);
    }

    private async forgottenHosts(): Promise<Orphan[]> {
        const { name: stack, known } = this.stack;
        const tags = Object.entries(ownTags({ stack }));
        const tag = tags.map(([key, value]) => new ecs.DescribeInstancesRequestTag({ key, value }));
        // A page has up to 100, and a stack fewer hosts.
        const request = new ecs.DescribeInstancesRequest({ regionId: this.settings.region, tag, maxResults: 100 });
        const answer = await asked(`stack ${stack}`, "DescribeInstances", this.client.describeInstances(request));
        const found = (answer.body?.instances?.instance ?? []).filter(({ instanceId = "" }) => !known.has(instanceId));
        return found.map(({ instanceId = "", instanceName = "", creationTime = "", vpcAttributes }) => {
            const [address = ""] = vpcAttributes?.privateIpAddress?.ipAddress ?? [];
            return { kind: "host", id: instanceId, name: instanceName, where: `${address}, made ${creationTime}` };
        });
    }

    private async forgottenAttachments(): Promise<Orphan[]> {
        const { name: stack, loose } = this.stack;
        if (loose.length === 0) return [];
        const ids = { diskIds: JSON.stringify(loose), pageSize: 100 };
        const request = new ecs.DescribeDisksRequest({ regionId: this.settings.region, ...ids });
        const answer = await asked(`stack ${stack}`, "DescribeDisks", this.client.describeDisks(request));
        const found = (answer.body?.disks?.disk ?? []).filter(({ instanceId }) => instanceId);
        return found.map(({ diskId = "", diskName = "", instanceId = "" }) => {
            return { kind: "attachment", id: diskId, name: diskName, where: instanceId };
        });
    }

    private id(host: string): string {
        const id = this.stack.ids.get(host);
        if (id) return id;
        throw new Error(`no host ${host}; this stack has ${[...this.stack.ids.keys()].join(", ") || "none"}`);
    }

    /** A look that fails is not the last: the cloud may be busy, the order is given. */
    private async until(host: string, what: string, is = (status: string) => status === what): Promise<void> {
        const { every, patience } = this.pace;
        for (const deadline = Date.now() + patience * 1000; ; await setTimeout(every * 1000)) {
            let was: string;
            try {
                const status = await this.status(host);
                if (is(status)) return;
                was = `the cloud says ${status}`;
            } catch (error) {
                was = (error as Error).message;
            }
            if (Date.now() > deadline) throw new Error(`${host} is not ${what} within ${patience} s: ${was}`);
        }
    }
}

/** What the cloud answers; its refusal with the host and the action. */
async function asked<T>(host: string, action: string, answer: Promise<T>): Promise<T> {
    return answer.catch((error: Error) => {
        throw new Error(`${host}: ${action}: ${error.message}`);
    });
}
