import type { AnyAuthMethod } from "ssh2";
import { Endpoint, addressOf, userOf } from "./endpoint";
import { library } from "./library";

/**
 * What to show the host, in this order: the private key, the password, the agent's keys.
 * @throws when the private key can't be read
 */
export async function authentication(endpoint: Endpoint): Promise<AnyAuthMethod[]> {
    const { utils } = await library();
    const username = userOf(endpoint);
    const { privateKey, privateKeyPassword, password } = endpoint;
    const agent = endpoint.agentSocketPath ?? process.env.SSH_AUTH_SOCK;
    const methods: AnyAuthMethod[] = [];
    if (privateKey !== undefined) {
        const key = utils.parseKey(privateKey, privateKeyPassword);
        if (key instanceof Error) {
            throw new Error(`the private key for ${addressOf(endpoint)} can't be read: ${key.message}`);
        }
        methods.push({ type: "publickey", username, key });
    }
    if (password !== undefined) {
        methods.push({ type: "password", username, password });
        methods.push({
            type: "keyboard-interactive",
            username,
            prompt: (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => password)),
        });
    }
    if (agent) {
        methods.push({ type: "agent", username, agent });
    }
    return methods.length > 0 ? methods : [{ type: "none", username }];
}
