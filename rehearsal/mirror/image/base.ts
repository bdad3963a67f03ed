import { readdir, rm } from "node:fs/promises";
import * as path from "node:path";

import { Progress } from "../../build/progress";
import { run } from "../../command";
import { layerPart } from "./image";
import { mysqlUser } from "./mysql";

const suite = "bookworm";

/** What the images above need: iptables and conntrack for kube-proxy and flannel, the rest for mysqld. */
const packages = [
    "ca-certificates",
    "conntrack",
    "iproute2",
    "iptables",
    "libaio1",
    "libnuma1",
    "libstdc++6",
    "mariadb-client-core",
    "procps",
];

/** Only files for readers, and what apt would download again. */
export const stripped = [
    "usr/share/doc",
    "usr/share/info",
    "usr/share/locale",
    "usr/share/man",
    "var/cache/apt",
    "var/cache/debconf",
    "var/lib/apt/lists",
    "var/log",
];

/**
 * The layer that every image with an operating system stands on: a small Debian with what they need, so that a host
 * pulls it once. `archive` is the address of Debian's archive.
 */
export function baseLayer(archive: string, progress: Progress): Promise<string> {
    const fill = async (root: string, say: Progress) => {
        say(`installing Debian ${suite} from ${archive}`);
        await run("debootstrap", ["--variant=minbase", `--include=${packages.join(",")}`, suite, root, archive]);
        await addMariadbTools(root);
        await addMysqlUser(root);
        await emptyStripped(root);
    };
    return layerPart("layer-debian", "12", [suite, ...packages, ...stripped], fill, progress);
}

/** Removes what is in the folders that no image needs. */
export async function emptyStripped(root: string): Promise<void> {
    for (const folder of stripped) {
        const dir = path.join(root, folder);
        for (const entry of await readdir(dir)) await rm(path.join(dir, entry), { recursive: true });
    }
}

/** mysqladmin and mysqldump are in a package that depends on all of Perl; they themselves do not need it. */
async function addMariadbTools(root: string): Promise<void> {
    await run("chroot", [
        root,
        "sh",
        "-c",
        "cd /tmp && apt-get download mariadb-client && dpkg -x *.deb / && rm *.deb",
    ]);
}

async function addMysqlUser(root: string): Promise<void> {
    const { uid, gid } = mysqlUser;
    await run("groupadd", ["--root", root, "--gid", `${gid}`, "mysql"]);
    await run("useradd", ["--root", root, "--uid", `${uid}`, "--gid", `${gid}`, "--no-create-home", "mysql"]);
}
