import { randomBytes } from "node:crypto";
import * as net from "node:net";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { inPod } from "../status/exec";
import type { Context } from "./drill";

/** Something that runs SQL, on a connection of its own each time. */
export type Sql = (statement: string, values?: unknown[]) => Promise<unknown>;

/** Name of the database, and of the user that has it alone: both are dropped, so nobody else's may be called so. */
export const database = "test_cluster_drill";

/** MySQL behind a socket that leads to its port. */
export function sqlBehind(socket: string, password: string, patience: number): Sql {
    const timeout = patience * 1000;
    return async (sql, values) => {
        const connection = await createConnection({
            // Not `socketPath`: MySQL would be given the password as if it were on this machine.
            stream: () => net.connect(socket),
            user: database,
            password,
            database,
            connectTimeout: timeout,
        });
        // What goes wrong without being asked for would end the drill.
        connection.on("error", () => undefined);
        try {
            return (await connection.query({ sql, values, timeout }))[0];
        } finally {
            connection.destroy();
        }
    };
}

/**
 * Runs SQL as root with MySQL's own client, in its pod. Returns the answer, without names of columns.
 * @throws Error with its last words when it fails
 */
export async function asRoot({ shell, stack }: Pick<Context, "shell" | "stack">, sql: string): Promise<string> {
    const place = { host: stack.controlPlane!, namespace: "mysql", pod: "mysql-0", container: "mysql" };
    const client = "mysql --defaults-file=/run/mysqld/client.cnf --batch --skip-column-names";
    return await inPod(shell, place, `${client} <<'SQL'\n${sql}\nSQL\n`, 20);
}

/** For MySQL's own client, as root: a place for the drill's rows. */
export function makePlace(password: string): string {
    return `DROP DATABASE IF EXISTS ${database};
DROP USER IF EXISTS '${database}'@'%';
CREATE DATABASE ${database};
CREATE TABLE ${database}.known (number INT PRIMARY KEY, content CHAR(32) NOT NULL) ENGINE = InnoDB;
CREATE USER '${database}'@'%' IDENTIFIED BY '${password}';
GRANT ALL ON ${database}.* TO '${database}'@'%';`;
}

/** The same: nothing of the drill is left. */
export const removePlace = `DROP DATABASE IF EXISTS ${database};
DROP USER IF EXISTS '${database}'@'%';`;

/** Writes rows while a drill runs, and tells at its end which of those that MySQL took it has not. */
export class KnownRows {
    private next = 0;
    private readonly taken = new Map<number, string>();

    constructor(private readonly sql: Sql) {}

    /** One row, and reads it back. @throws Error when MySQL does not */
    async write(): Promise<void> {
        const number = this.next++;
        const content = randomBytes(16).toString("hex");
        await this.sql("INSERT INTO known VALUES (?, ?)", [number, content]);
        this.taken.set(number, content);
        const [row] = (await this.sql("SELECT content FROM known WHERE number = ?", [number])) as RowDataPacket[];
        if (row?.content !== content) throw new Error(`row ${number} was taken and can't be read`);
    }

    /** How many rows MySQL took, and how many of them are missing or other than they were. */
    async compare(): Promise<{ taken: number; lost: number }> {
        const rows = (await this.sql("SELECT number, content FROM known")) as RowDataPacket[];
        const found = new Map(rows.map(({ number, content }) => [number as number, content as string]));
        const lost = [...this.taken].filter(([number, content]) => found.get(number) !== content).length;
        return { taken: this.taken.size, lost };
    }
}
