import { avalanche } from "./avalanche/avalanche";
import type { Drill } from "./drill";
import { certificatesExpired } from "./faults/certificates";
import { drillOf } from "./faults/course";
import { drift } from "./faults/drift";
import { etcdFull } from "./faults/etcdFull";
import { elasticsearchFull, mysqlFull, nodeFull } from "./faults/fullDisks";
import { mysqlAway, mysqlDeleted, mysqlEmptied } from "./faults/mysql";
import { nodeCutOff } from "./faults/network";
import { sshCut, upKilled } from "./faults/interrupted";
import { masterOff, workerOff, workerReleased } from "./faults/power";
import { allReboot, kafkaReboot } from "./faults/reboot";
import { rebuild } from "./faults/rebuild";
import { cloudRefuses, mirrorDown } from "./faults/refusing";
import { backupDamaged } from "./faults/restores/damaged";
import { etcdLost } from "./faults/restores/etcd";
import { indexDeleted } from "./faults/restores/logs";
import { nacosLost } from "./faults/restores/nacos";
import { tableDropped } from "./faults/restores/table";
import { containerdKilled, dockerKilled, kubeletKilled } from "./faults/services";
import { wrongStack } from "./wrongStack";

const faults = [
    ...[workerOff, workerReleased, masterOff, nodeCutOff, kafkaReboot],
    ...[kubeletKilled, containerdKilled, dockerKilled],
    ...[mysqlDeleted, mysqlAway, mysqlEmptied, drift],
    ...[certificatesExpired, etcdFull, mysqlFull, elasticsearchFull, nodeFull],
    ...[tableDropped, backupDamaged, nacosLost, indexDeleted, etcdLost],
    ...[upKilled, sshCut, cloudRefuses, mirrorDown],
    ...[allReboot, rebuild],
];

/** Every drill there is, by the order of `npm run drill -- list`. */
export const drills: Drill[] = [wrongStack, avalanche, ...faults.map((fault) => drillOf(fault))];
