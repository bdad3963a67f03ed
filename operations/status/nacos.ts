import { randomBytes } from "node:crypto";
import { address, administrator, namespaceExists, paths, proxy, type Place } from "../../apps/nacos/api";
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
    const nacos = await loggedIn(api, password);
    const content = randomBytes(8).toString("hex");
    const key = { namespace: "public", group: "STATUS_PROBE", dataId: `status-${content}` };
    const began = Date.now();
    await nacos.publish(key, content);
    try {
        const read = async () => (await nacos.read(key)) === content;
        await waitFor(read, patience, "what was published can't be read");
        return (Date.now() - began) / 1000;
    } finally {
        await nacos.remove(key);
    }
}

/** Nacos by way of the Kubernetes API, which has let its administrator in. @throws Error when it lets nobody in */
export async function loggedIn(api: Api, password: string | undefined): Promise<NacosClient> {
    const nacos = new NacosClient(api, password);
    await nacos.login();
    return nacos;
}

/** Nacos as its administrator; `root` is where its context path is below `api`. */
export class NacosClient {
    private token = "";

    constructor(
        private readonly api: Api,
        private readonly password: string | undefined,
        private readonly root = proxy,
    ) {}

    /** @throws Error when it lets nobody in */
    async login(): Promise<void> {
        const { password } = this;
        if (!password) throw new Error("the stack has no output nacosPassword yet: pulumi up");
        // In the body, where no log has it.
        const user = form({ username: administrator, password });
        const { accessToken } = await ask<{ accessToken?: string }>(this.api, "POST", this.root + paths.login, user);
        if (!accessToken) throw new Error("its login gave no token");
        this.token = accessToken;
    }

    async publish(key: Place, content: string, type = "text"): Promise<void> {
        const { headers, api } = this;
        const published = form({ ...address(key), content, type });
        done(await ask<Result>(api, "POST", this.root + paths.config, { ...published, headers }));
    }

    /** Makes a namespace where it is not there. */
    async makeNamespace(namespace: string): Promise<void> {
        const { headers, api } = this;
        const body = form({ namespaceId: namespace, namespaceName: namespace, namespaceDesc: "" });
        const answer = await api.request("POST", this.root + paths.namespace, { ...body, headers });
        const { code, message } = JSON.parse(answer.body) as Result;
        if (code !== 0 && code !== namespaceExists) throw new Error(`making ${namespace}: it says ${code} ${message}`);
    }

    /** As a client does; undefined when there is none. */
    async read(key: Place): Promise<string | undefined> {
        const path = `${this.root}${paths.published}?${query(key)}`;
        const { status, body } = await this.api.request("GET", path, { headers: this.headers });
        if (status >= 300 && status !== 404) throw new Error(`a client is answered ${status} ${body.slice(0, 200)}`);
        return status < 300 ? (JSON.parse(body) as Result<{ content?: string }>).data?.content : undefined;
    }

    async remove(key: Place): Promise<void> {
        const { headers, api } = this;
        done(await ask<Result>(api, "DELETE", `${this.root}${paths.config}?${query(key)}`, { headers }));
    }

    private get headers(): Record<string, string> {
        // Nacos takes it in a header of this name too. The usual one is the API server's own, and queries are in its log.
        return { accessToken: this.token };
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

function query(key: Place): string {
    return new URLSearchParams(address(key)).toString();
}

function form(fields: Record<string, string>): Asked {
    return { body: new URLSearchParams(fields).toString(), type: "application/x-www-form-urlencoded" };
}
