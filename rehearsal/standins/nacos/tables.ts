import { PoolConnection, ResultSetHeader } from "mysql2/promise";

import { Config, ConfigFilter, ConfigKey, Found, HistoryEntry, Namespace, Page, Tables } from "./store";

const configColumns = `id, data_id AS dataId, group_id AS \`group\`, tenant_id AS namespace, content, md5, type,
    app_name AS appName, c_desc AS description, encrypted_data_key AS encryptedDataKey, src_user AS user,
    src_ip AS ip, gmt_create AS created, gmt_modified AS modified`;
const historyColumns = `nid, id, data_id AS dataId, group_id AS \`group\`, tenant_id AS namespace, op_type AS operation,
    content, md5, app_name AS appName, encrypted_data_key AS encryptedDataKey, ext_info AS extInfo, src_user AS user,
    src_ip AS ip, gmt_create AS created, gmt_modified AS modified`;
const byKey = "data_id = ? AND group_id = ? AND tenant_id = ?";
const keyValues = ({ dataId, group, namespace }: ConfigKey) => [dataId, group, namespace];
/** The kind of namespaces that users make. */
const custom = "1";

type Row = Record<string, unknown>;
type Value = string | number | Date | null;

/** The tables on one connection, each statement limited in time. */
export class SqlTables implements Tables {
    constructor(
        private readonly connection: PoolConnection,
        private readonly timeout: number,
    ) {}

    async config(key: ConfigKey) {
        const rows = await this.rows(`SELECT ${configColumns} FROM config_info WHERE ${byKey}`, keyValues(key));
        return rows.map(timed<Config>).at(0);
    }

    async configs({ namespace, dataId, group, content }: ConfigFilter, page: Page): Promise<Found<Config>> {
        const conditions: [string, string][] = [["tenant_id = ?", namespace]];
        if (dataId) conditions.push(["data_id LIKE ?", dataId]);
        if (group) conditions.push(["group_id LIKE ?", group]);
        if (content) conditions.push(["content LIKE ?", `%${content}%`]);
        const where = conditions.map(([condition]) => condition).join(" AND ");
        const values = conditions.map(([, value]) => value);
        return this.page(configColumns, `config_info WHERE ${where}`, "id", values, page);
    }

    configCount(namespace: string) {
        return this.count("config_info WHERE tenant_id = ?", [namespace]);
    }

    async insertConfig(config: Omit<Config, "id">) {
        await this.change(
            `INSERT INTO config_info (data_id, group_id, tenant_id, content, md5, type, app_name, c_desc,
                encrypted_data_key, src_user, src_ip, gmt_create, gmt_modified) VALUES (${marks(13)})`,
            [...keyValues(config), ...configValues(config), new Date(config.created), new Date(config.modified)],
        );
    }

    async updateConfig(config: Config) {
        await this.change(
            `UPDATE config_info SET content = ?, md5 = ?, type = ?, app_name = ?, c_desc = ?, encrypted_data_key = ?,
                src_user = ?, src_ip = ?, gmt_modified = ? WHERE id = ?`,
            [...configValues(config), new Date(config.modified), config.id],
        );
    }

    deleteConfig(id: number) {
        return this.change("DELETE FROM config_info WHERE id = ?", [id]);
    }

    history(key: ConfigKey, page: Page): Promise<Found<HistoryEntry>> {
        return this.page(historyColumns, `his_config_info WHERE ${byKey}`, "nid DESC", keyValues(key), page);
    }

    async historyEntry(nid: number) {
        const rows = await this.rows(`SELECT ${historyColumns} FROM his_config_info WHERE nid = ?`, [nid]);
        return rows.map(timed<HistoryEntry>).at(0);
    }

    async insertHistory(entry: Omit<HistoryEntry, "nid">) {
        await this.change(
            `INSERT INTO his_config_info (id, data_id, group_id, tenant_id, op_type, content, md5, app_name,
                encrypted_data_key, ext_info, src_user, src_ip, gmt_create, gmt_modified, publish_type, gray_name)
                VALUES (${marks(14)}, 'formal', '')`,
            [
                ...[entry.id, ...keyValues(entry), entry.operation, entry.content, entry.md5, entry.appName],
                ...[entry.encryptedDataKey, entry.extInfo, entry.user, entry.ip],
                ...[new Date(entry.created), new Date(entry.modified)],
            ],
        );
    }

    async namespaces() {
        const columns = "tenant_id AS id, tenant_name AS name, tenant_desc AS description";
        const rows = await this.rows(`SELECT ${columns} FROM tenant_info WHERE kp = ? ORDER BY tenant_info.id`, [
            custom,
        ]);
        return rows as unknown as Namespace[];
    }

    insertNamespace({ id, name, description }: Namespace) {
        const now = Date.now();
        return this.change(
            `INSERT INTO tenant_info (kp, tenant_id, tenant_name, tenant_desc, create_source, gmt_create, gmt_modified)
                VALUES (?, ?, ?, ?, 'nacos', ?, ?)`,
            [custom, id, name, description, now, now],
        );
    }

    updateNamespace({ id, name, description }: Namespace) {
        return this.change(
            "UPDATE tenant_info SET tenant_name = ?, tenant_desc = ?, gmt_modified = ? WHERE kp = ? AND tenant_id = ?",
            [name, description, Date.now(), custom, id],
        );
    }

    deleteNamespace(id: string) {
        return this.change("DELETE FROM tenant_info WHERE kp = ? AND tenant_id = ?", [custom, id]);
    }

    async password(user: string) {
        const rows = await this.rows("SELECT password FROM users WHERE username = ? AND enabled", [user]);
        return rows.at(0)?.password as string | undefined;
    }

    insertUser(user: string, hash: string) {
        return this.change("INSERT INTO users (username, password, enabled) VALUES (?, ?, TRUE)", [user, hash]);
    }

    updatePassword(user: string, hash: string) {
        return this.change("UPDATE users SET password = ? WHERE username = ?", [hash, user]);
    }

    async usersOf(role: string) {
        const rows = await this.rows("SELECT username FROM roles WHERE role = ?", [role]);
        return rows.map((row) => row.username as string);
    }

    insertRole(user: string, role: string) {
        return this.change("INSERT INTO roles (username, role) VALUES (?, ?)", [user, role]);
    }

    private async page<T>(
        columns: string,
        from: string,
        order: string,
        values: Value[],
        page: Page,
    ): Promise<Found<T>> {
        const total = await this.count(from, values);
        const sql = `SELECT ${columns} FROM ${from} ORDER BY ${order} LIMIT ? OFFSET ?`;
        const rows = await this.rows(sql, [...values, page.size, (page.number - 1) * page.size]);
        return { total, rows: rows.map(timed<T>) };
    }

    private async count(from: string, values: Value[]) {
        const rows = await this.rows(`SELECT COUNT(*) AS number FROM ${from}`, values);
        return rows[0].number as number;
    }

    private async rows(sql: string, values: Value[]): Promise<Row[]> {
        const [rows] = await this.connection.query({ sql, values, timeout: this.timeout });
        return rows as Row[];
    }

    private async change(sql: string, values: Value[]): Promise<void> {
        await this.connection.query<ResultSetHeader>({ sql, values, timeout: this.timeout });
    }
}

const marks = (count: number) => Array(count).fill("?").join(", ");

const configValues = (config: Omit<Config, "id">) => [
    ...[config.content, config.md5, config.type, config.appName, config.description, config.encryptedDataKey],
    ...[config.user, config.ip],
];

/** A row with its times as milliseconds. */
function timed<T>(row: Row): T {
    return { ...row, created: (row.created as Date).getTime(), modified: (row.modified as Date).getTime() } as T;
}
