import * as os from "node:os";
import * as path from "node:path";

/** Build products and downloads, shared by every checkout on this machine. */
export const cacheDir = path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"), "test-cluster");

/** What the region must not forget: the cloud's state, the disks, the stacks of the file backend. */
export const stateDir = path.join(
    process.env.XDG_STATE_HOME || path.join(os.homedir(), ".local", "state"),
    "test-cluster",
);

/** Where objects of the region's object storage are. */
export const objectsDir = path.join(stateDir, "oss");

export const checkoutDir = path.resolve(__dirname, "..");

/** Where the region listens. Loopback for the operator; `services` and `objects` are on the region's own link, for its hosts. */
export const addresses = {
    /** The cloud's API and, one port up, the control address that orders faults. */
    cloud: { host: "127.0.0.1", port: 7100 },
    control: { host: "127.0.0.1", port: 7101 },
    /** Packages, images and downloads for the hosts. The real cloud's internal mirrors live in this range too. */
    services: { host: "100.100.2.148", port: 80 },
    /** Object storage, for the hosts too. */
    objects: { host: "100.100.2.149", port: 80 },
    /** The operator as the hosts see him, and the range that public addresses come from (TEST-NET-2). */
    operator: "198.51.100.1",
    publicRange: "198.51.100.0/24",
    link: "rehearsal0",
};
