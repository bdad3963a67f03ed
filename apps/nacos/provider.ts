// So that the serialised provider loads the package, and does not carry it.
// eslint-disable-next-line @typescript-eslint/no-require-imports
import pulumi = require("@pulumi/pulumi");
import { deleteConfig, getConfig, publishConfig, type Client, type Connection, type Place } from "./api";

/** A configuration as the folder declares it. */
export interface Declared extends Place {
    content: string;
    type: string;
}

export interface Inputs extends Declared {
    connection: Connection;
    /** Whether a change that was made by hand is overwritten. */
    overwrite: boolean;
}

/** What the stack remembers of a configuration. */
export interface State extends Inputs {
    /** What it published last or found to be the same; empty where it has found another's and left it. */
    published: string;
}

type Verdict = "same" | "publish" | "leave";

/** What to do about a configuration, by what Nacos has: only what the stack wrote itself is overwritten. */
export function verdict(live: string | undefined, declared: Declared, published: string, overwrite: boolean): Verdict {
    if (live === declared.content) return "same";
    return live === undefined || live === published || overwrite ? "publish" : "leave";
}

type Warn = (text: string) => Promise<void>;

/**
 * The configurations' provider, as a dynamic resource's: it is serialised with all that it names, and runs in a process
 * of its own.
 */
export function configurationProvider(warn: Warn = warnEngine): pulumi.dynamic.ResourceProvider<Inputs, State> {
    /** Of this process, for all configurations. */
    const shared: { unreachable: string; warned: Record<string, boolean>; tokens: Record<string, string> } = {
        unreachable: "",
        warned: {},
        tokens: {},
    };

    /** Says it once. */
    async function say(text: string): Promise<void> {
        if (shared.warned[text]) return;
        shared.warned[text] = true;
        await warn(text);
    }

    /** Works with the server for at most so many milliseconds. */
    async function within<T>(milliseconds: number, connection: Connection, work: (client: Client) => Promise<T>) {
        const known = `${connection.server} ${connection.password}`;
        const client: Client = { connection, signal: AbortSignal.timeout(milliseconds), token: shared.tokens[known] };
        const result = await work(client);
        shared.tokens[known] = client.token!;
        return result;
    }

    /** The same for a minute, as long as what fails may pass: a server that has just come up is not always reached. */
    async function patiently<T>(connection: Connection, work: (client: Client) => Promise<T>): Promise<T> {
        const end = Date.now() + 60_000;
        for (;;) {
            try {
                return await within(10_000, connection, work);
            } catch (error) {
                if (!(error as { passing?: boolean }).passing || Date.now() > end) throw error;
                await new Promise((resolve) => setTimeout(resolve, 1000));
            }
        }
    }

    async function settle(inputs: Inputs, published: string): Promise<State> {
        return patiently(inputs.connection, async (client) => {
            const live = await getConfig(client, inputs);
            const what = verdict(live?.content, inputs, published, inputs.overwrite);
            if (what === "leave") {
                await say(left(inputs));
                return { ...inputs, published };
            }
            if (what === "publish") {
                await publishConfig(client, inputs, { content: inputs.content, type: inputs.type }, live?.md5);
            }
            return { ...inputs, published: inputs.content };
        });
    }

    return {
        async create(inputs) {
            return { id: name(inputs), outs: await settle(inputs, "") };
        },

        async diff(_id, olds, news) {
            const changed = { changes: news.content !== olds.published };
            // In a preview of what is yet to be built, nobody can be asked.
            if (typeof news.connection !== "object" || typeof news.content !== "string") return changed;
            // What is remembered of the connection must be true, so that a later deletion or refresh finds the server.
            if (Object.entries(news.connection).some(([key, value]) => olds.connection?.[key as "key"] !== value))
                changed.changes = true;
            if (shared.unreachable === news.connection.server) return changed;
            try {
                const live = await within(5000, news.connection, (client) => getConfig(client, news));
                const what = verdict(live?.content, news, olds.published, news.overwrite);
                if (what === "leave") await say(left(news));
                else if (what === "publish" && live === undefined) await say(gone(news));
                else if (what === "publish" && live?.content !== olds.published) await say(overwritten(news));
                return { changes: changed.changes || what !== "same" };
            } catch (error) {
                shared.unreachable = news.connection.server;
                await say(`Nacos can't be asked for what was changed there by hand: ${(error as Error).message}`);
                return changed;
            }
        },

        async update(_id, olds, news) {
            return { outs: await settle(news, olds.published) };
        },

        async read(id, props) {
            const state = props as State;
            try {
                const live = await within(5000, state.connection, (client) => getConfig(client, state));
                return live === undefined ? {} : { id, props: state };
            } catch (error) {
                await say(`Nacos can't be asked, its configurations are as before: ${(error as Error).message}`);
                return { id, props: state };
            }
        },

        async delete(_id, state) {
            try {
                await within(10_000, state.connection, async (client) => {
                    const live = await getConfig(client, state);
                    if (live?.content === state.published) await deleteConfig(client, state);
                    else if (live) await say(kept(state));
                });
            } catch (error) {
                // A cluster that is gone must not keep the stack from going on.
                await say(`${name(state)} could not be deleted in Nacos and stays there: ${(error as Error).message}`);
            }
        },
    };
}

function name({ namespace, group, dataId }: Place): string {
    return `${namespace}/${group}/${dataId}`;
}

function left(place: Place): string {
    return (
        `Nacos' configuration ${name(place)} is not what the stack published: somebody changed it, and it is left as it is. ` +
        "Bring the change into the folder of configurations, or have it overwritten by nacos.overwrite: true"
    );
}

const overwritten = (place: Place) => `Nacos' configuration ${name(place)} was changed by hand and is overwritten`;
const gone = (place: Place) => `Nacos' configuration ${name(place)} is there no more and is published again`;
const kept = (place: Place) =>
    `Nacos' configuration ${name(place)} is no longer declared, but was changed by hand: it is not deleted`;

/** Has the engine show a warning. Its address is what the plugin's process was started with. */
async function warnEngine(text: string): Promise<void> {
    pulumi.runtime.resetOptions("", "", -1, process.argv[2], "", false, "");
    await pulumi.log.warn(text);
}
