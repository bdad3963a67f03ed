import {
    Config,
    ConfigFilter,
    ConfigKey,
    HistoryEntry,
    Namespace,
    Page,
    Store,
    StoreError,
    Tables,
} from "../../../rehearsal/standins/nacos/store";

/** The tables in memory; `down` makes every transaction fail, as a database does that is gone. */
export class MemoryStore implements Store {
    down = false;
    rows = {
        configs: [] as Config[],
        history: [] as HistoryEntry[],
        namespaces: [] as Namespace[],
        users: new Map<string, string>(),
        roles: [] as { user: string; role: string }[],
    };

    async transaction<T>(work: (tables: Tables) => Promise<T>): Promise<T> {
        if (this.down) throw new StoreError("connect ECONNREFUSED");
        const before = structuredClone(this.rows);
        try {
            return await work(tablesOf(this.rows));
        } catch (error) {
            this.rows = before;
            throw error;
        }
    }
}

const same = (a: ConfigKey, b: ConfigKey) =>
    a.dataId === b.dataId && a.group === b.group && a.namespace === b.namespace;
const like = (pattern: string, text: string) =>
    !pattern || new RegExp(`^${pattern.replaceAll("%", ".*").replaceAll("\\", "")}$`).test(text);
const cut = <T>(rows: T[], { number, size }: Page) => ({
    total: rows.length,
    rows: rows.slice((number - 1) * size, number * size),
});

function tablesOf(rows: MemoryStore["rows"]): Tables {
    const { configs, history, namespaces, users, roles } = rows;
    return {
        config: async (key) => configs.find((one) => same(one, key)),
        configs: async ({ namespace, dataId, group, content }: ConfigFilter, page) =>
            cut(
                configs.filter(
                    (one) =>
                        one.namespace === namespace &&
                        like(dataId, one.dataId) &&
                        like(group, one.group) &&
                        one.content.includes(content),
                ),
                page,
            ),
        configCount: async (namespace) => configs.filter((one) => one.namespace === namespace).length,
        insertConfig: async (config) => void configs.push({ ...config, id: configs.length + 1 }),
        updateConfig: async (config) => void configs.splice(position(configs, config.id), 1, config),
        deleteConfig: async (id) => void configs.splice(position(configs, id), 1),
        history: async (key, page) => cut(history.filter((one) => same(one, key)).reverse(), page),
        historyEntry: async (nid) => history.find((one) => one.nid === nid),
        insertHistory: async (entry) => void history.push({ ...entry, nid: history.length + 1 }),
        namespaces: async () => namespaces,
        insertNamespace: async (namespace) => void namespaces.push(namespace),
        updateNamespace: async (namespace) =>
            void namespaces.splice(
                namespaces.findIndex((one) => one.id === namespace.id),
                1,
                namespace,
            ),
        deleteNamespace: async (id) => {
            rows.namespaces = namespaces.filter((one) => one.id !== id);
        },
        password: async (user) => users.get(user),
        insertUser: async (user, hash) => void users.set(user, hash),
        updatePassword: async (user, hash) => void users.set(user, hash),
        usersOf: async (role) => roles.filter((one) => one.role === role).map((one) => one.user),
        insertRole: async (user, role) => void roles.push({ user, role }),
    };
}

const position = (configs: Config[], id: number) => configs.findIndex((one) => one.id === id);
