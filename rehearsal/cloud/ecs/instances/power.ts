import type * as sdk from "@alicloud/ecs20140526";

import type { Actions } from "../../api/action";
import { conflict } from "../../api/errors";
import { need } from "../../api/parameters";
import type { Cloud } from "../../cloud";
import type { InstanceRecord, InstanceStatus } from "../../state/records";
import { findInstance } from "./instances";

/** Power and release: the answer says that the order was taken, the status tells when it is done. */
export const power = {
    StartInstance: async (cloud, request) => {
        const instance = await inStatus(cloud, request.instanceId, "Stopped");
        instance.stoppedMode = "Not-applicable";
        cloud.machines.start(instance);
        return {};
    },

    StopInstance: async (cloud, request) => {
        const instance = await inStatus(cloud, request.instanceId, "Running");
        instance.stoppedMode = request.stoppedMode || "KeepCharging";
        cloud.machines.stop(instance, request.forceStop ?? false);
        return {};
    },

    RebootInstance: async (cloud, request) => {
        const instance = await inStatus(cloud, request.instanceId, "Running");
        cloud.machines.reboot(instance, request.forceStop ?? false);
        return {};
    },

    DeleteInstance: async (cloud, request) => {
        const instance = findInstance(cloud, need(request.instanceId, "InstanceId"));
        await cloud.machines.observe([instance]);
        if (instance.deletionProtection) {
            throw conflict(
                "InvalidOperation.DeletionProtection",
                `Instance ${instance.id} is protected against release: switch DeletionProtection off first.`,
            );
        }
        if (instance.releasing) return {};
        if (instance.status === "Pending") throw wrongStatus(instance, "IncorrectInstanceStatus.Initializing");
        if (instance.status !== "Stopped" && !request.force) throw wrongStatus(instance);
        cloud.machines.release(instance);
        return {};
    },
} satisfies Actions<typeof sdk>;

/**
 * @returns the instance
 * @throws ApiError `InvalidInstanceId.NotFound`, or `IncorrectInstanceStatus` when it is in none of the statuses
 */
export async function inStatus(
    cloud: Cloud,
    id: string | undefined,
    ...statuses: InstanceStatus[]
): Promise<InstanceRecord> {
    const instance = findInstance(cloud, need(id, "InstanceId"));
    await cloud.machines.observe([instance]);
    if (!statuses.includes(instance.status) || instance.releasing) throw wrongStatus(instance);
    return instance;
}

function wrongStatus(instance: InstanceRecord, code = "IncorrectInstanceStatus") {
    const status = instance.releasing ? "being released" : instance.status;
    return conflict(code, `The current status of instance ${instance.id}, ${status}, does not support this operation.`);
}
