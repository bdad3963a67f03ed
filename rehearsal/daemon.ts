import * as fs from "node:fs";
import * as path from "node:path";
import { startCloud } from "./cloud/server";
import { startObjectStorage } from "./cloud/oss/server";
import { Containers } from "./hosts/containers";
import { ensureLink } from "./hosts/network";
import { ensureMirror } from "./mirror/content";
import { startMirror } from "./mirror/server";
import { addresses, objectsDir, stateDir } from "./paths";
import { accessKey, bucket, files } from "./process";

/** The region's own process: the cloud's API, its control address, its object storage and the mirror. Hosts run on when it ends. */
async function main(): Promise<void> {
    const log = (line: string) => console.log(`${new Date().toISOString()} ${line}`);
    await ensureLink();
    const content = await ensureMirror(log);
    const mirror = await startMirror({ ...addresses.services, content, log });
    const objects = await startObjectStorage({
        ...addresses.objects,
        folder: objectsDir,
        key: accessKey,
        buckets: [bucket],
        log,
    });
    const cloud = await startCloud({
        stateFile: path.join(stateDir, "cloud.json"),
        hypervisor: new Containers(log),
        accessKeyId: accessKey.id,
        accessKeySecret: accessKey.secret,
        region: "cn-hangzhou",
        mirror,
        objects,
        log,
    });
    log(`region is up: cloud ${cloud.url}, control ${cloud.controlUrl}, mirror ${mirror.url}, objects ${objects.url}`);
    fs.writeFileSync(files.pid, String(process.pid));
    const end = async () => {
        fs.rmSync(files.pid, { force: true });
        await Promise.all([cloud.close(), mirror.close(), objects.close()]);
        process.exit(0);
    };
    process.on("SIGTERM", () => void end());
    process.on("SIGINT", () => void end());
}

main().catch((error: Error) => {
    console.error(error.stack);
    process.exit(1);
});
