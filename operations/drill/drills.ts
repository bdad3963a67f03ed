import { avalanche } from "./avalanche/avalanche";
import type { Drill } from "./drill";
import { drillOf } from "./faults/course";
import { certificatesExpired } from "./faults/nodes/certificates";
import { nodeCutOff } from "./faults/nodes/network";
import { masterOff, masterReleased, workerOff, workerReleased } from "./faults/nodes/power";
import { allReboot, kafkaReboot } from "./faults/nodes/reboot";
import { containerdKilled, dockerKilled, kubeletKilled } from "./faults/nodes/services";
import { backupDamaged } from "./faults/restores/damaged";
import { etcdLost } from "./faults/restores/etcd";
import { indexDeleted } from "./faults/restores/logs";
import { nacosLost } from "./faults/restores/nacos";
import { rowsDeleted, tableDropped } from "./faults/restores/table";
import { etcdFull } from "./faults/storage/etcdFull";
import { elasticsearchFull, mysqlFull, nodeFull } from "./faults/storage/fullDisks";
import { mysqlAway, mysqlDeleted, mysqlEmptied } from "./faults/storage/mysql";
import { bootstrapKilled } from "./faults/up/bootstrap";
import { disksLost } from "./faults/up/disksLost";
import { drift } from "./faults/up/drift";
import { sshCut, upKilled } from "./faults/up/interrupted";
import { diskMoved } from "./faults/up/moved";
import { masterRecovered } from "./faults/up/recovered";
import { rebuild } from "./faults/up/rebuild";
import { cloudRefuses, mirrorDown } from "./faults/up/refusing";
import { wrongStack } from "./wrongStack";

const faults = [
    ...[workerOff, workerReleased, masterOff, nodeCutOff, kafkaReboot],
    ...[kubeletKilled, containerdKilled, dockerKilled],
    ...[mysqlDeleted, mysqlAway, mysqlEmptied, drift],
    ...[certificatesExpired, etcdFull, mysqlFull, elasticsearchFull, nodeFull],
    ...[tableDropped, rowsDeleted, backupDamaged, nacosLost, indexDeleted, etcdLost],
    ...[upKilled, sshCut, cloudRefuses, mirrorDown],
    ...[allReboot, diskMoved, masterRecovered, masterReleased, rebuild, bootstrapKilled, disksLost],
];

/** Every drill there is, by the order of `npm run drill -- list`. */
export const drills: Drill[] = [wrongStack, avalanche, ...faults.map((fault) => drillOf(fault))];
