/** Every table of the schema. */
export const tableNames = [
    "config_info",
    "config_info_gray",
    "config_tags_relation",
    "group_capacity",
    "his_config_info",
    "permissions",
    "roles",
    "tenant_capacity",
    "tenant_info",
    "users",
];

/** What names a configuration. */
export interface ConfigKey {
    dataId: string;
    group: string;
    namespace: string;
}

/** A row of `config_info`; times are milliseconds since the epoch. */
export interface Config extends ConfigKey {
    id: number;
    content: string;
    md5: string;
    type: string;
    appName: string;
    description: string;
    encryptedDataKey: string;
    user: string;
    ip: string;
    created: number;
    modified: number;
}

/** A row of `his_config_info`: I holds what was inserted; U and D hold what was there before. */
export interface HistoryEntry extends ConfigKey {
    nid: number;
    /** The configuration's id; 0 for an insertion. */
    id: number;
    operation: "I" | "U" | "D";
    content: string;
    md5: string;
    appName: string;
    encryptedDataKey: string;
    extInfo: string;
    user: string;
    ip: string;
    created: number;
    modified: number;
}

/** A row of `tenant_info`. */
export interface Namespace {
    id: string;
    name: string;
    description: string;
}

/** What a list is narrowed by; `dataId` and `group` may hold `%`, an empty one is not looked at. */
export interface ConfigFilter {
    namespace: string;
    dataId: string;
    group: string;
    content: string;
}

export interface Page {
    number: number;
    size: number;
}

export interface Found<T> {
    total: number;
    rows: T[];
}

/** The tables, within one transaction. */
export interface Tables {
    config(key: ConfigKey): Promise<Config | undefined>;
    configs(filter: ConfigFilter, page: Page): Promise<Found<Config>>;
    configCount(namespace: string): Promise<number>;
    insertConfig(config: Omit<Config, "id">): Promise<void>;
    updateConfig(config: Config): Promise<void>;
    deleteConfig(id: number): Promise<void>;

    history(key: ConfigKey, page: Page): Promise<Found<HistoryEntry>>;
    historyEntry(nid: number): Promise<HistoryEntry | undefined>;
    insertHistory(entry: Omit<HistoryEntry, "nid">): Promise<void>;

    namespaces(): Promise<Namespace[]>;
    insertNamespace(namespace: Namespace): Promise<void>;
    updateNamespace(namespace: Namespace): Promise<void>;
    deleteNamespace(id: string): Promise<void>;

    /** The bcrypt hash of a user's password. */
    password(user: string): Promise<string | undefined>;
    insertUser(user: string, hash: string): Promise<void>;
    updatePassword(user: string, hash: string): Promise<void>;
    usersOf(role: string): Promise<string[]>;
    insertRole(user: string, role: string): Promise<void>;
}

export interface Store {
    /** Does the work in one transaction: all of it or, when it throws, nothing. */
    transaction<T>(work: (tables: Tables) => Promise<T>): Promise<T>;
}

/** The storage could not do it: unreachable, a table is missing, a value does not fit. */
export class StoreError extends Error {}
