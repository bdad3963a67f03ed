import { Tree } from "../tree";

/** An account that an image's program runs as. */
export interface Account {
    name: string;
    uid: number;
    group: string;
    gid: number;
    home: string;
}

/** The account's home, and account files that know it, root and nobody, in place of those of the layers beneath. */
export function accounts(account: Account): Tree {
    const { name, uid, group, gid, home } = account;
    const users = [
        "root:x:0:0:root:/root:/bin/bash",
        `${name}:x:${uid}:${gid}::${home}:/bin/bash`,
        "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin",
    ];
    const groups = ["root:x:0:", ...(gid === 0 ? [] : [`${group}:x:${gid}:`]), "nogroup:x:65534:"];
    return {
        "/etc/passwd": { text: users.map((line) => `${line}\n`).join("") },
        "/etc/group": { text: groups.map((line) => `${line}\n`).join("") },
        [home]: { mode: 0o775, owner: account },
    };
}
