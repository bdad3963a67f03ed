import { avalanche } from "./avalanche";
import type { Drill } from "./drill";
import { drillOf } from "./faults/course";
import { masterOff, workerOff, workerReleased } from "./faults/power";
import { allReboot, kafkaReboot } from "./faults/reboot";
import { containerdKilled, dockerKilled, kubeletKilled } from "./faults/services";

const faults = [
    ...[workerOff, workerReleased, masterOff, kafkaReboot],
    ...[kubeletKilled, containerdKilled, dockerKilled],
    ...[allReboot],
];

/** Every drill there is, by the order of `npm run drill -- list`. */
export const drills: Drill[] = [avalanche, ...faults.map(drillOf)];
