import { randomBytes } from "node:crypto";
import { address, administrator, paths, proxy } from "../../apps/nacos/api";
import { type Api, type Asked, ask } from "./api";
import { waitFor } from "./wait";

/** Seconds until a client can read what was published, at most: Nacos answers from a copy that follows its database. */
const patience = 5;

/**
 * Publishes a configuration in Nacos as an administrator, reads it as a client does, deletes it. Returns the seconds
 * from publishing to reading.
 * @throws Error with the reason
 */
export async function nacosProbe(api: Api, password: string | undefined): Promise<number> {
    if (!password) throw new Error("the stack has no output nacosPassword yet: pulumi up");
    // In the body, where no log has it.
    const user = { username: administrator, password };
    const { accessToken } = await ask<{ accessToken?: string }>(api, "POST", proxy + paths.login, form(user));
    if (!accessToken) throw new Error("its login gave no token");
    // Nacos takes it in a header of this name too. The usual one is the API server's own, and queries are in its log.
    const headers = { accessToken };
    const content = randomBytes(8).toString("hex");
    const key = address({ namespace: "public", group: "STATUS_PROBE", dataId: `status-${content}` });
    const query = new URLSearchParams(key).toString();
    const began = Date.now();
    const published = form({ ...key, content, type: "text" });
    done(await ask<Result>(api, "POST", proxy + paths.config, { ...published, headers }));
    try {
        const read = async () => {
            const { status, body } = await api.request("GET", `${proxy}${paths.published}?${query}`, { headers });
            if (status >= 300 && status !== 404)
                throw new Error(`a client is answered ${status} ${body.slice(0, 200)}`);
            return status < 300 && (JSON.parse(body) as Result<{ content?: string }>).data?.content === content;
        };
        await waitFor(read, patience, "what was published can't be read");
        return (Date.now() - began) / 1000;
    } finally {
        done(await ask<Result>(api, "DELETE", `${proxy}${paths.config}?${query}`, { headers }));
    }
}

interface Result<T = unknown> {
    code: number;
    message?: string;
    data?: T | null;
}

/** Nacos may say no in an answer that is itself well. */
function done({ code, message }: Result): void {
    if (code !== 0) throw new Error(`it says ${code} ${message ?? ""}`);
}

function form(fields: Record<string, string>): Asked {
    return { body: new URLSearchParams(fields).toString(), type: "application/x-www-form-urlencoded" };
}
