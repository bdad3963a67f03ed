import { createHmac, timingSafeEqual } from "node:crypto";

/** A token that does not hold, with the reason that the server gives. */
export class TokenError extends Error {}

/** The digest follows from the key's length, as in the real server. */
function algorithm(key: Buffer): { name: string; digest: string } {
    const bits = key.length < 48 ? 256 : key.length < 64 ? 384 : 512;
    return { name: `HS${bits}`, digest: `sha${bits}` };
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const header = (key: Buffer) => encode({ alg: algorithm(key).name });
const signature = (key: Buffer, signed: string) => createHmac(algorithm(key).digest, key).update(signed).digest();

/** A JSON Web Token for a user that holds for some seconds. */
export function sign(key: Buffer, user: string, seconds: number, now = Date.now()): string {
    const signed = `${header(key)}.${encode({ sub: user, exp: Math.floor(now / 1000) + seconds })}`;
    return `${signed}.${signature(key, signed).toString("base64url")}`;
}

/**
 * The user that a token is for.
 *
 * @throws TokenError when it is not one of this server's or no longer holds
 */
export function verify(key: Buffer, token: string, now = Date.now()): string {
    const parts = token.split(".");
    if (parts.length !== 3) throw new TokenError("token invalid!");
    const [head, payload, given] = parts;
    if (head !== header(key)) throw new TokenError("unsupported signature algorithm");
    const expected = signature(key, `${head}.${payload}`);
    const actual = Buffer.from(given, "base64url");
    if (actual.length !== expected.length || !timingSafeEqual(actual, expected))
        throw new TokenError("Invalid signature");
    const { sub, exp } = JSON.parse(Buffer.from(payload, "base64url").toString()) as { sub: string; exp: number };
    if (exp < Math.floor(now / 1000)) throw new TokenError("token expired!");
    return sub;
}
