import { printed } from "../status/ssh";
import { reasons } from "./etcd";
import type { Context } from "./kind";

/** Seconds for all that may have to come. */
const patience = 3600;

/**
 * Brings back from the bucket what the disk of backups lacks: all, or the newest so many of each kind.
 * @returns what came, a line each
 * @throws Error where the stack has no bucket, or saying what could not be brought back; the rest has been
 */
export async function pull({ stack, shell }: Context, newest?: number): Promise<string[]> {
    const { bucket } = stack;
    if (!bucket) throw new Error(`stack ${stack.name} copies no backups to a bucket: backup.bucket, and pulumi up`);
    if (!bucket.host) throw new Error("the host that copies to the bucket is gone: pulumi up");
    const kinds = newest === undefined ? "all" : "etcd mysql nacos";
    const text = [
        "status=0",
        `for kind in ${kinds}; do why /usr/local/sbin/backup-copies pull "$kind" ${newest ?? ""} || status=1; done`,
        'exit "$status"',
    ].join("\n");
    const said = await printed(shell, bucket.host, `${reasons}${text}\n`, patience);
    return said.split("\n").filter((line) => line);
}
