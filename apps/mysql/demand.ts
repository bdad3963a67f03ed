import type { StackConfig } from "../../config";
import { asking, called, onDisk, type Demand } from "../../cluster/capacity/ask";
import { claimOf } from "../../cluster/storage";

/** What MySQL asks for. */
export function mysqlDemand({ mysql }: StackConfig): Demand<number> {
    const name = "mysql";
    return {
        kind: "StatefulSet",
        ...called(name, name),
        replicas: 1,
        setting: "mysql",
        spec: { priorityClassName: "data", containers: [asking(name, mysql)], volumes: onDisk(mysql.disk) },
    };
}

/** The folder of the backups' disk that MySQL's are in, and Nacos'. */
export const backupFolder = "mysql";

/** What MySQL's backup asks for. Its pod comes and goes; its room is kept. */
export function mysqlBackupDemand({ backup }: StackConfig): Demand<number> {
    const name = "mysql-backup";
    return {
        kind: "CronJob",
        ...called("mysql", name),
        replicas: 1,
        setting: "backup",
        spec: {
            priorityClassName: "platform",
            containers: [asking("backup", backup)],
            volumes: onDisk(claimOf(backup.disk, backupFolder)),
        },
    };
}
