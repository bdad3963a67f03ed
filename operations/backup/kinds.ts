import { elasticsearch } from "./elasticsearch";
import { etcd } from "./etcd";
import type { Kind } from "./kind";
import { mysql } from "./mysql/mysql";
import { nacos } from "./mysql/nacos";

/** All kinds of backups, in the order in which they are made and shown. */
export const kinds: Kind[] = [etcd, mysql, nacos, elasticsearch];

/** Those that have backups of their own: Nacos' configurations are in MySQL's. */
export const ownKinds = kinds.filter(({ name }) => name !== "nacos");
