import * as bcrypt from "bcryptjs";
import { randomBytes } from "node:crypto";

import { Store, Tables } from "./store";

const adminUser = "nacos";
const adminRole = "ROLE_ADMIN";
const rounds = 10;
/** bcrypt looks at no more than this. */
const maxLength = 72;

/** A password that can't be taken, or one that is not the user's. */
export class PasswordError extends Error {
    constructor(
        readonly status: 400 | 403,
        message: string,
    ) {
        super(message);
    }
}

export const notFound = "User not found! Please check user exist or password is right!";

export async function isAdmin(tables: Tables, user: string): Promise<boolean> {
    return (await tables.usersOf(adminRole)).includes(user);
}

/** Makes the first administrator and returns it with its password, generated when none is given; once only. */
export async function createAdmin(store: Store, given: string | null) {
    const password = given?.trim() ? given : randomBytes(12).toString("base64url");
    const hash = await hashOf(password);
    return store.transaction(async (tables) => {
        if ((await tables.usersOf(adminRole)).length) return undefined;
        await tables.insertUser(adminUser, hash);
        await tables.insertRole(adminUser, adminRole);
        return { username: adminUser, password };
    });
}

/**
 * Whether the user is an administrator.
 *
 * @throws PasswordError when there is no such user or it has another password
 */
export async function checkPassword(store: Store, user: string | null, password: string | null): Promise<boolean> {
    const { hash, admin } = await store.transaction(async (tables) => ({
        hash: user?.trim() ? await tables.password(user) : undefined,
        admin: await isAdmin(tables, user ?? ""),
    }));
    if (!hash || !password || password.length > maxLength || !(await bcrypt.compare(password, hash)))
        throw new PasswordError(403, notFound);
    return admin;
}

export async function changePassword(store: Store, user: string, password: string): Promise<void> {
    const hash = await hashOf(password);
    await store.transaction(async (tables) => {
        if (!(await tables.password(user))) throw new PasswordError(400, `user ${user} not exist!`);
        await tables.updatePassword(user, hash);
    });
}

async function hashOf(password: string): Promise<string> {
    if (password.length > maxLength)
        throw new PasswordError(400, `Password length must not exceed ${maxLength} characters`);
    return bcrypt.hash(password, rounds);
}
