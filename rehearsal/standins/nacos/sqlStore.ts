import { authPlugins } from "mysql2";
import { Pool, PoolConnection, createPool } from "mysql2/promise";

import { Settings } from "./settings";
import { Store, StoreError, Tables, tableNames } from "./store";
import { SqlTables } from "./tables";

/** The tables in MySQL. It makes none: the schema is applied by whoever runs the server. */
export class SqlStore implements Store {
    private readonly pool: Pool;

    constructor(private readonly settings: Settings["database"]) {
        const { host, port, database, user, password, connectTimeout, allowPublicKeyRetrieval } = settings;
        // As in the real server's driver: MySQL's default way to log in needs that key, or a protected connection.
        const onServerPublicKey = () => {
            if (!allowPublicKeyRetrieval) throw new Error("Public Key Retrieval is not allowed");
        };
        this.pool = createPool({
            ...{ host, port, database, user, password, connectTimeout },
            charset: "utf8mb4",
            timezone: "Z",
            connectionLimit: 10,
            authPlugins: { caching_sha2_password: authPlugins.caching_sha2_password({ onServerPublicKey }) },
        });
    }

    /**
     * Waits until the server answers, and looks for the tables.
     *
     * @throws StoreError saying what is missing
     */
    async check(): Promise<void> {
        const { host, port, database, user, startTimeout } = this.settings;
        const where = `${user}@${host}:${port}/${database}`;
        const deadline = Date.now() + startTimeout;
        for (;;) {
            try {
                const names = await this.tables();
                const missing = tableNames.filter((name) => !names.includes(name));
                if (missing.length)
                    throw new StoreError(
                        `Table '${database}.${missing[0]}' doesn't exist; ${where} lacks ${missing.join(", ")}: ` +
                            "apply /home/nacos/conf/mysql-schema.sql to it",
                    );
                return;
            } catch (error) {
                if (error instanceof StoreError) throw error;
                if (Date.now() > deadline) throw new StoreError(`${where}: ${message(error)}`);
                await new Promise((resolve) => setTimeout(resolve, 500));
            }
        }
    }

    async transaction<T>(work: (tables: Tables) => Promise<T>): Promise<T> {
        try {
            const connection = await this.connection();
            try {
                await connection.beginTransaction();
                const result = await work(new SqlTables(connection, this.settings.socketTimeout));
                await connection.commit();
                connection.release();
                return result;
            } catch (error) {
                await connection.rollback().then(
                    () => connection.release(),
                    () => connection.destroy(),
                );
                throw error;
            }
        } catch (error) {
            // What comes from MySQL or the network has a code; what the work throws by itself has none.
            if (typeof (error as { code?: unknown }).code === "string") throw new StoreError(message(error));
            throw error;
        }
    }

    close(): Promise<void> {
        return this.pool.end();
    }

    /** A connection that answers: those that a restart of the server cut are thrown away. */
    private async connection(): Promise<PoolConnection> {
        for (;;) {
            const connection = await this.pool.getConnection();
            try {
                await connection.query({ sql: "SELECT 1", timeout: this.settings.socketTimeout });
                return connection;
            } catch (error) {
                connection.destroy();
                if (!["PROTOCOL_CONNECTION_LOST", "ECONNRESET", "EPIPE"].includes((error as { code: string }).code))
                    throw error;
            }
        }
    }

    private async tables(): Promise<string[]> {
        const connection = await this.connection();
        try {
            const [rows] = await connection.query({ sql: "SHOW TABLES", rowsAsArray: true });
            return (rows as unknown as string[][]).map(([name]) => name);
        } finally {
            connection.release();
        }
    }
}

const message = (error: unknown) => (error as Error).message || String((error as { code?: string }).code);
