// By folders, here and elsewhere: the whole of the package takes long to load.
import * as ecs from "@pulumi/alicloud/ecs";
import { getZones } from "@pulumi/alicloud/getZones";
import { ConfigurationError, type Host, type StackConfig } from "../config";
import { diskMistakes, type ExistingDisk, find, type Found, fromSnapshots, snapshotMistakes } from "./existing";
import { cloudName, ownTags } from "./names";

/** What the cloud has, looked up before the first resource, so that a stack that can't be built touches nothing. */
export interface Catalog {
    /** The id of the image that new hosts boot from. */
    imageId: string;
    /** Instance type by host name. */
    instanceTypes: Record<string, string>;
    /** What the zone has of types. */
    types: InstanceType[];
    /** What there is of the stack's data disks already, by the disk's name in the configuration. */
    disks: Record<string, Found>;
}

/** A type as the lookup gives it: vCPUs and GiB. */
export interface InstanceType {
    id: string;
    cpuCoreCount: number;
    memorySize: number;
}

/** @throws ConfigurationError naming everything that the cloud does not have, with what it has instead */
export async function lookUp(config: StackConfig): Promise<Catalog> {
    const zones = getZones({ availableResourceCreation: "VSwitch" });
    const answers = Promise.all([
        ecs.getInstanceTypes({ availabilityZone: config.zone }),
        ecs.getImages({ owners: "system", nameRegex: config.image, mostRecent: true }),
        ecs.getEcsDisks({ tags: ownTags(config), diskType: "data" }),
        ecs.getInstances({ tags: ownTags(config) }),
    ]);
    // What is asked about an unknown zone may fail: that the zone is unknown says more.
    answers.catch(() => undefined);
    const { ids } = await zones;
    if (!ids.includes(config.zone)) {
        throw new ConfigurationError([
            `zone: ${config.zone} is no zone of ${config.region}; choose one of ${ids.join(", ")}`,
        ]);
    }
    const [types, images, disks, instances] = await answers;
    const running = Object.fromEntries(
        instances.instances.map((instance) => [instance.name, instance.instanceType] as const),
    );
    const mistakes = [
        ...typeMistakes(config, types.instanceTypes, running),
        ...diskMistakes(config, disks.disks, instances.instances),
        ...(await sourceMistakes(config, disks.disks)),
        ...(images.images.length === 0 ? [await imageMistake(config)] : []),
    ];
    if (mistakes.length > 0) throw new ConfigurationError(mistakes);
    return {
        imageId: images.images[0].id,
        instanceTypes: Object.fromEntries(
            config.hosts.map((host) => [host.name, typeOf(config, host, types.instanceTypes, running)!]),
        ),
        types: types.instanceTypes,
        disks: Object.fromEntries(config.disks.data.map((wanted) => [wanted.name, find(config, wanted, disks.disks)])),
    };
}

/** Asks for snapshots only where a disk is to be made from one. */
async function sourceMistakes(config: StackConfig, disks: ExistingDisk[]): Promise<string[]> {
    const wanted = fromSnapshots(config, disks);
    if (wanted.length === 0) return [];
    const { snapshots } = await ecs.getEcsSnapshots({ ids: wanted.map(({ snapshot }) => snapshot!), status: "all" });
    return snapshotMistakes(config, wanted, snapshots, disks);
}

async function imageMistake(config: StackConfig): Promise<string> {
    // What first boot does, it does with Debian 12's packages.
    const { images } = await ecs.getImages({ owners: "system", nameRegex: "^debian_12_" });
    const there = images.map((image) => image.id).join(", ") || "no image of Debian 12";
    return `image: ${config.image} matches no system image in ${config.region}; there is ${there}`;
}

/** Families that a type is chosen from by size, in order: general purpose first, shared-CPU ones last. */
const families = ["c6", "g6", "c7", "g7", "c8i", "g8i", "u1-c1m2", "u1-c1m4", "e-c1m2"];

function ofSize(host: Host, types: InstanceType[]): InstanceType[] {
    return types
        .filter((type) => type.cpuCoreCount === host.cpus && type.memorySize === host.memoryGiB)
        .sort((a, b) => rank(a.id) - rank(b.id) || a.id.localeCompare(b.id));
}

/** The place of a type's family among those that are chosen from. */
export function rank(type: string): number {
    const place = families.findIndex((family) => type.startsWith(`ecs.${family}.`));
    return place < 0 ? families.length : place;
}

/** A host chosen by size keeps the type that it has, also when the cloud would now choose another. */
function typeOf(config: StackConfig, host: Host, types: InstanceType[], running: Record<string, string>) {
    return host.instanceType ?? running[cloudName(config, host.name)] ?? ofSize(host, types)[0]?.id;
}

export function typeMistakes(config: StackConfig, types: InstanceType[], running: Record<string, string>): string[] {
    return config.hosts.flatMap((host) => {
        const type = typeOf(config, host, types, running);
        // A host that is there needs no stock.
        if (type && running[cloudName(config, host.name)] === type) return [];
        if (type && types.some((candidate) => candidate.id === type)) return [];
        const wanted = type ?? `${host.cpus} vCPU / ${host.memoryGiB} GiB`;
        const instead = alternatives(host, types);
        return [
            `hosts (${host.name}): ${wanted} is unknown or out of stock in ${config.zone}; ` +
                (instead.length ? `to be had there: ${instead.join(", ")}` : "nothing like it is to be had there"),
        ];
    });
}

/** Types near to the one that is not to be had, closest size first. */
function alternatives(host: Host, types: InstanceType[]): string[] {
    const cpus = host.cpus ?? (host.instanceType?.endsWith(".large") ? 2 : 4);
    return types
        .filter((type) => type.cpuCoreCount === cpus)
        .sort((a, b) => a.memorySize - b.memorySize || rank(a.id) - rank(b.id) || a.id.localeCompare(b.id))
        .slice(0, 6)
        .map((type) => `${type.id} (${type.cpuCoreCount} vCPU, ${type.memorySize} GiB)`);
}
