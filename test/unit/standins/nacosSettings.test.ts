import * as assert from "node:assert/strict";
import { createHmac } from "node:crypto";

import { Refusal, readSettings } from "../../../rehearsal/standins/nacos/settings";
import { sign, verify } from "../../../rehearsal/standins/nacos/token";
import { environment } from "./nacosEnvironment";

describe("the environment of Nacos' stand-in", () => {
    it("has the image's defaults", () => {
        const { port, consolePort, database, auth } = readSettings(environment);
        assert.deepEqual([port, consolePort, database.port, auth.seconds], [8848, 8080, 3306, 18000]);
        assert.deepEqual([database.connectTimeout, database.socketTimeout], [1000, 3000]);
        assert.deepEqual([auth.open, auth.admin, database.allowPublicKeyRetrieval], [true, true, false]);
        assert.deepEqual(auth.identity, { header: "server-identity", value: "inside" });
    });

    it("takes the driver's parameters from the address' query", () => {
        const parameters = "connectTimeout=2000&socketTimeout=9000&useSSL=false&allowPublicKeyRetrieval=true";
        const { database } = readSettings({ ...environment, MYSQL_SERVICE_DB_PARAM: parameters });
        assert.equal(database.connectTimeout, 2000);
        assert.equal(database.socketTimeout, 9000);
        assert.equal(database.allowPublicKeyRetrieval, true);
    });

    it("leaves administration open only when that is said", () => {
        assert.equal(readSettings({ ...environment, NACOS_AUTH_ADMIN_ENABLE: "false" }).auth.admin, false);
        assert.equal(readSettings({ ...environment, NACOS_AUTH_ENABLE: undefined }).auth.open, false);
    });

    const refusals: [string, Record<string, string | undefined>, number, RegExp][] = [
        ["no token key", { NACOS_AUTH_TOKEN: undefined }, 255, /env NACOS_AUTH_TOKEN must be set with Base64 String/],
        ["no identity key", { NACOS_AUTH_IDENTITY_KEY: "" }, 255, /env NACOS_AUTH_IDENTITY_KEY must be set\./],
        ["no identity value", { NACOS_AUTH_IDENTITY_VALUE: "" }, 255, /env NACOS_AUTH_IDENTITY_VALUE must be set\./],
        ["a short token key", { NACOS_AUTH_TOKEN: Buffer.alloc(31).toString("base64") }, 1, /32 bytes.*has 31/],
        ["a token key that is not Base64", { NACOS_AUTH_TOKEN: "-".repeat(64) }, 1, /Base64/],
        ["no database host", { MYSQL_SERVICE_HOST: undefined }, 1, /placeholder 'MYSQL_SERVICE_HOST'/],
        ["no password", { MYSQL_SERVICE_PASSWORD: undefined }, 1, /placeholder 'MYSQL_SERVICE_PASSWORD'/],
        ["the default mode", { MODE: undefined }, 1, /MODE is cluster/],
        ["another storage", { SPRING_DATASOURCE_PLATFORM: "" }, 1, /SPRING_DATASOURCE_PLATFORM must be mysql/],
        ["a port that is none", { MYSQL_SERVICE_PORT: "tcp://10.0.0.1:3306" }, 1, /MYSQL_SERVICE_PORT/],
    ];
    for (const [name, change, status, message] of refusals)
        it(`refuses ${name}`, () => {
            assert.throws(
                () => readSettings({ ...environment, ...change }),
                (error: Refusal) => error instanceof Refusal && error.status === status && message.test(error.message),
            );
        });
});

describe("tokens of Nacos' stand-in", () => {
    const key = Buffer.alloc(32, "k");
    const now = Date.UTC(2026, 0, 2);

    it("are JSON Web Tokens that name the user and hold as long as said", () => {
        const [head, payload, signature] = sign(key, "nacos", 60, now).split(".");
        const decode = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString());
        assert.deepEqual(decode(head), { alg: "HS256" });
        assert.deepEqual(decode(payload), { sub: "nacos", exp: now / 1000 + 60 });
        assert.equal(signature, createHmac("sha256", key).update(`${head}.${payload}`).digest("base64url"));
    });

    it("are taken until they expire, and only under their own key", () => {
        const token = sign(key, "nacos", 60, now);
        assert.equal(verify(key, token, now + 60_000), "nacos");
        assert.throws(() => verify(key, token, now + 61_000), /token expired!/);
        assert.throws(() => verify(Buffer.alloc(32, "x"), token, now), /Invalid signature/);
        assert.throws(() => verify(Buffer.alloc(64, "k"), token, now), /unsupported signature algorithm/);
    });

    it("with something changed are refused", () => {
        const [head, , signature] = sign(key, "reader", 60, now).split(".");
        const payload = Buffer.from(JSON.stringify({ sub: "nacos", exp: now })).toString("base64url");
        assert.throws(() => verify(key, `${head}.${payload}.${signature}`, now), /Invalid signature/);
        const none = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
        assert.throws(() => verify(key, `${none}.${payload}.`, now), /unsupported signature algorithm/);
        assert.throws(() => verify(key, "anything", now), /token invalid!/);
    });
});
