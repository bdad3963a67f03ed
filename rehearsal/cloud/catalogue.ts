import { invalid, notFound } from "./api/errors";
import data from "./catalogue.json";

export interface InstanceType {
    id: string;
    family: string;
    cpus: number;
    memoryGiB: number;
    zones: string[];
    systemDisks: string[];
    dataDisks: string[];
}

export interface Image {
    id: string;
    family: string;
    osName: string;
    platform: string;
    sizeGiB: number;
    createdAt: string;
    /** Whether a host of the region can boot it; the others can be looked up only. */
    runnable: boolean;
}

export interface DiskCategory {
    id: string;
    system: [number, number];
    data: [number, number];
}

export interface Zone {
    id: string;
    name: string;
    diskCategories: string[];
}

/** What the region sells, from catalogue.json. Sizes in GiB. */
export const catalogue = {
    zones: data.zones as Zone[],
    images: data.images as Image[],
    diskCategories: data.diskCategories as unknown as DiskCategory[],
    types: data.families.flatMap((family): InstanceType[] =>
        Object.entries(family.sizes).map(([size, [cpus, memoryGiB]]) => ({
            id: `${family.id}.${size}`,
            family: family.id,
            cpus,
            memoryGiB,
            zones: family.zones.map((letter) => `${data.region}-${letter}`),
            systemDisks: family.systemDisks,
            dataDisks: family.dataDisks,
        })),
    ),
};

export function zone(id: string): Zone {
    const found = catalogue.zones.find((each) => each.id === id);
    if (!found) throw notFound("ZoneId", id);
    return found;
}

export function instanceType(id: string): InstanceType {
    const found = catalogue.types.find((each) => each.id === id);
    if (!found) throw notFound("InstanceType", id);
    return found;
}

export function image(id: string): Image {
    const found = catalogue.images.find((each) => each.id === id);
    if (!found) throw notFound("ImageId", id);
    return found;
}

/**
 * The limits of a data or system disk's size, GiB, both inclusive. An ESSD's depend on its performance level.
 *
 * @throws ApiError when the category is not known
 */
export function diskSizes(category: string, use: "system" | "data", performanceLevel: string): [number, number] {
    const found = catalogue.diskCategories.find((each) => each.id === category);
    if (!found) {
        const known = catalogue.diskCategories.map((each) => each.id).join(", ");
        throw invalid("DiskCategory", category, `this region has ${known}`);
    }
    const [least, most] = found[use];
    const byLevel: Record<string, number> = { PL0: 1, PL1: 20, PL2: 461, PL3: 1261 };
    return category === "cloud_essd" && use === "data" ? [byLevel[performanceLevel] ?? least, most] : [least, most];
}
