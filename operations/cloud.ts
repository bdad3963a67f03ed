import Ecs from "@alicloud/ecs20140526";
import * as ecs from "@alicloud/ecs20140526";
import { setTimeout } from "node:timers/promises";
import { nameOf, resourcesOf } from "./access";
import { asked, clientConfig } from "./cloudClient";
import type { CloudSettings } from "./cloudSettings";
import { Forgotten, type Orphan } from "./forgotten";
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
    /** DeleteDisk of each of the stack's data disks, which are in no host any more. Returns when none is listed any more. */
    deleteDisks(): Promise<void>;
    /** What a cut-off `pulumi up` has made and forgotten, in the order in which it can be released. */
    orphans(): Promise<Orphan[]>;
    /** Releases one. Returns when the cloud says that it is done. */
    forget(orphan: Orphan): Promise<void>;
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
    const idsOf = (type: string) => new Map(ofType(type).map((each) => [nameOf(each), each.id ?? ""]));
    return new EcsCloud(
        idsOf("alicloud:ecs/instance:Instance"),
        idsOf("alicloud:ecs/ecsDisk:EcsDisk"),
        new Forgotten(exported, settings),
        settings,
        pace,
    );
}

/** What can't be released now, and can be in a moment: a host that is still being made, what another one is in. */
const notYet = /IncorrectInstanceStatus|DependencyViolation/;

class EcsCloud implements Cloud {
    private readonly client: Ecs;

    /**
     * @param ids of instances, by their hosts' names
     * @param disks ids of data disks, by their names
     */
    constructor(
        private readonly ids: Map<string, string>,
        private readonly disks: Map<string, string>,
        private readonly forgotten: Forgotten,
        private readonly settings: CloudSettings,
        private readonly pace: Pace,
    ) {
        this.client = new Ecs(clientConfig(settings, "ecs"));
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

    async deleteDisks(): Promise<void> {
        const { client, settings, pace } = this;
        for (const [name, diskId] of this.disks) {
            const disk = `data disk ${name}`;
            await asked(disk, "DeleteDisk", client.deleteDisk(new ecs.DeleteDiskRequest({ diskId })));
        }
        const ids = { diskIds: JSON.stringify([...this.disks.values()]), pageSize: 100 };
        const request = new ecs.DescribeDisksRequest({ regionId: settings.region, ...ids });
        const gone = async () => {
            const { body } = await asked("data disks", "DescribeDisks", client.describeDisks(request));
            return (body?.disks?.disk ?? []).length === 0;
        };
        await waitFor(gone, pace.patience, "the data disks are there still");
    }

    orphans(): Promise<Orphan[]> {
        return this.forgotten.find();
    }

    async forget(orphan: Orphan): Promise<void> {
        let refusal: Error | undefined;
        const ordered = () =>
            this.forgotten.forget(orphan).then(
                () => true,
                (error: Error) => {
                    if (!notYet.test(error.message)) throw error;
                    refusal = error;
                    return false;
                },
            );
        await waitFor(ordered, this.pace.patience, "").catch((error: Error) => {
            throw refusal ?? error;
        });
        const gone = async () => (await this.orphans()).every((each) => each.id !== orphan.id);
        await waitFor(gone, this.pace.patience, `${orphan.name} (${orphan.id}) is there still`);
    }

    private id(host: string): string {
        const id = this.ids.get(host);
        if (id) return id;
        throw new Error(`no host ${host}; this stack has ${[...this.ids.keys()].join(", ") || "none"}`);
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
