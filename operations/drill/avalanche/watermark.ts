import type { DrillRecord } from "../record";
import { seconds } from "../verdict";

/**
 * Whether the cluster told that a host's memory came above its watermark, and when it did, since a moment of the drill.
 * @param mark percent of all the memory
 */
export function watermarkTold({ messages, memory }: DrillRecord, hosts: string[], mark: number, since: number): string {
    const told = messages.find(
        ({ at, from, text }) =>
            at >= since && from.startsWith("Node ") && text.startsWith("AboveWatermark: memory used"),
    );
    const above = hosts
        .flatMap((host) => memory[host] ?? [])
        .filter(({ at, used, of }) => at >= since && used * 100 > of * mark)
        .map(({ at }) => at - since);
    const used =
        above.length > 0
            ? `memory was above ${mark} % from ${seconds(Math.min(...above))} on`
            : `memory was never above ${mark} %`;
    return `${told ? `told after ${seconds(told.at - since)}` : "not told"}; ${used}`;
}
