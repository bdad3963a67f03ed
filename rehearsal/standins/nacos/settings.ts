/** What the image's environment says. */
export interface Settings {
    port: number;
    consolePort: number;
    database: {
        host: string;
        port: number;
        database: string;
        user: string;
        password: string;
        /** How long a connection may take, and an answer to one statement, in milliseconds. */
        connectTimeout: number;
        socketTimeout: number;
        /** How long the start waits for a first connection, in milliseconds. */
        startTimeout: number;
        /** Whether a password may be encrypted with a key that the server sends over an unprotected connection. */
        allowPublicKeyRetrieval: boolean;
    };
    auth: {
        /** Whether clients' requests, and administrators' requests, need a token. */
        open: boolean;
        admin: boolean;
        /** What tokens are signed with, and how many seconds they hold. */
        key: Buffer;
        seconds: number;
        /** The header by which servers know each other. */
        identity: { header: string; value: string };
    };
}

/** A start that must not be: what is said, and the process' exit status. */
export class Refusal extends Error {
    constructor(
        message: string,
        readonly status = 1,
    ) {
        super(message);
    }
}

/** The parameters that the image gives to its driver when the environment gives none. */
const defaultParameters =
    "characterEncoding=utf8&connectTimeout=1000&socketTimeout=3000&autoReconnect=true&useSSL=false";

/**
 * Reads the environment by the names that the image of Nacos 3.1.0 documents.
 *
 * @throws Refusal for what the real image would not start with either, and for what only the real server can do
 */
export function readSettings(env: { [name: string]: string | undefined }): Settings {
    for (const [name, hint] of [
        ["NACOS_AUTH_TOKEN", " with Base64 String"],
        ["NACOS_AUTH_IDENTITY_KEY", ""],
        ["NACOS_AUTH_IDENTITY_VALUE", ""],
    ])
        if (!env[name]) throw new Refusal(`env ${name} must be set${hint}.`, 255);
    if (env.MODE !== "standalone")
        throw new Refusal(`MODE is ${env.MODE ?? "cluster"}: the stand-in has standalone only`);
    if (env.SPRING_DATASOURCE_PLATFORM !== "mysql")
        throw new Refusal("SPRING_DATASOURCE_PLATFORM must be mysql: the stand-in has no storage of its own");
    const required = (name: string) => {
        const value = env[name];
        if (value === undefined) throw new Refusal(`Could not resolve placeholder '${name}'`);
        return value;
    };
    const parameters = new URLSearchParams(env.MYSQL_SERVICE_DB_PARAM || defaultParameters);
    return {
        port: number(env, "NACOS_APPLICATION_PORT", 8848),
        consolePort: number(env, "NACOS_CONSOLE_PORT", 8080),
        database: {
            host: required("MYSQL_SERVICE_HOST"),
            port: number(env, "MYSQL_SERVICE_PORT", 3306),
            database: required("MYSQL_SERVICE_DB_NAME"),
            user: required("MYSQL_SERVICE_USER"),
            password: required("MYSQL_SERVICE_PASSWORD"),
            connectTimeout: Number(parameters.get("connectTimeout") ?? 0) || 10_000,
            socketTimeout: Number(parameters.get("socketTimeout") ?? 0) || 60_000,
            startTimeout: number(env, "DB_POOL_CONNECTION_TIMEOUT", 30_000),
            allowPublicKeyRetrieval: parameters.get("allowPublicKeyRetrieval") === "true",
        },
        auth: {
            open: env.NACOS_AUTH_ENABLE === "true",
            admin: (env.NACOS_AUTH_ADMIN_ENABLE || "true") === "true",
            key: tokenKey(env.NACOS_AUTH_TOKEN!),
            seconds: number(env, "NACOS_AUTH_TOKEN_EXPIRE_SECONDS", 18_000),
            identity: {
                header: env.NACOS_AUTH_IDENTITY_KEY!.toLowerCase(),
                value: env.NACOS_AUTH_IDENTITY_VALUE!,
            },
        },
    };
}

function number(env: { [name: string]: string | undefined }, name: string, fallback: number): number {
    const value = env[name] ? Number(env[name]) : fallback;
    if (!Number.isInteger(value) || value < 0) throw new Refusal(`${name}: ${env[name]} is not a number`);
    return value;
}

function tokenKey(encoded: string): Buffer {
    const key = Buffer.from(encoded, "base64");
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded) || key.length < 32)
        throw new Refusal(
            `NACOS_AUTH_TOKEN: the length of the secret key must be 32 bytes or more, and it must be encoded by ` +
                `Base64; it has ${key.length} bytes`,
        );
    return key;
}
