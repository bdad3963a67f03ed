import { assignable, formatAddress, formatRange, lowestFree, parseAddress, parseCidr } from "../../addresses";
import { ApiError, conflict } from "../../api/errors";
import type { Cloud } from "../../cloud";
import { addresses } from "../../../paths";
import type { VSwitchRecord } from "../../state/records";

/**
 * Private addresses for new instances in a vSwitch: the one asked for, or the lowest free ones.
 *
 * @throws ApiError `InvalidPrivateIpAddress.*`, or `InvalidVSwitchId.IpNotEnough` when it is full
 */
export function takeAddresses(cloud: Cloud, vswitch: VSwitchRecord, amount: number, wanted?: string): string[] {
    const range = assignable(parseCidr(vswitch.cidr)!);
    const taken = new Set(
        Object.values(cloud.state.instances)
            .filter((each) => each.vswitchId === vswitch.id)
            .map((each) => each.privateAddress),
    );
    if (wanted) {
        const number = parseAddress(wanted);
        const inside = number !== undefined && number >= range.first && number < range.first + range.size;
        if (!inside) {
            const span = `${formatAddress(range.first)} to ${formatAddress(range.first + range.size - 1)}`;
            throw new ApiError(
                "InvalidPrivateIpAddress.Malformed",
                `The private address ${wanted} is not one of ${span}, which vSwitch ${vswitch.id} gives out.`,
            );
        }
        if (taken.has(wanted)) {
            throw new ApiError(
                "InvalidPrivateIpAddress.Duplicated",
                `The private address ${wanted} is already used in vSwitch ${vswitch.id}.`,
            );
        }
        return [wanted];
    }
    return Array.from({ length: amount }, () => {
        const address = lowestFree(range, taken);
        if (!address) {
            throw new ApiError("InvalidVSwitchId.IpNotEnough", `vSwitch ${vswitch.id} (${vswitch.cidr}) is full.`);
        }
        taken.add(address);
        return address;
    });
}

/**
 * Free public addresses of the region's range.
 *
 * @throws ApiError when there are not enough
 */
export function publicAddresses(cloud: Cloud, amount: number): string[] {
    const whole = parseCidr(addresses.publicRange)!;
    const taken = new Set(Object.values(cloud.state.instances).flatMap((each) => each.publicAddress ?? []));
    taken.add(addresses.operator);
    // Without the network's own address and the broadcast address.
    const range = { first: whole.first + 1, size: whole.size - 2 };
    return Array.from({ length: amount }, () => {
        const address = lowestFree(range, taken);
        if (!address) {
            throw conflict("QuotaExceed.PublicIpAddress", `All addresses of ${formatRange(whole)} are in use.`);
        }
        taken.add(address);
        return address;
    });
}
