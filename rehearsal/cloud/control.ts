/**
 * The control address: what no cloud offers, ordered over plain HTTP with JSON, for drills and tests.
 *
 *     GET    /state                   the region's state, without user data and tokens
 *     GET    /calls?since=&mutating=  calls made (since an ISO 8601 time; only those that change something)
 *     GET    /faults                  what is ordered and not used up
 *     POST   /faults                  order a fault: see Fault in faults.ts
 *     DELETE /faults                  forget all faults, and have everything in stock again
 *     POST   /soldout                 { "zone": "cn-hangzhou-j", "type": "ecs.c6.large" }: no stock of it there
 *     POST   /instances/ID/kill       power loss: the machine goes off at once and the API notices later
 *     POST   /instances/ID/release    gone behind everyone's back, whatever protects it
 *     POST   /mirror                  { "down": true }: packages and images can't be had; { "down": false }: again
 *     POST   /objects                 { "down": true }: the object storage refuses everybody; { "down": false }: no more
 *     POST   /snapshots/due           take the automatic snapshots due at { "at": ISO 8601 }, or now
 */
import type { IncomingMessage, ServerResponse } from "node:http";

import { instanceType, zone } from "./catalogue";
import type { Cloud } from "./cloud";
import { takeDueSnapshots } from "./ecs/disks/schedule";
import type { Fault } from "./faults";

class Refused extends Error {
    constructor(
        readonly status: number,
        message: string,
    ) {
        super(message);
    }
}

/** What the hosts use beside the API, as far as it is ordered here. */
export interface Service {
    down: boolean;
}

/** The mirror of packages and images, and the object storage. */
export interface Services {
    mirror: Service;
    objects: Service;
}

/** Answers one control call. A mistake in it is answered with 400 or 404 and `{ "error": … }`. */
export async function control(
    cloud: Cloud,
    services: Services,
    message: IncomingMessage,
    response: ServerResponse,
): Promise<void> {
    try {
        const url = new URL(message.url ?? "/", "http://control");
        const call = `${message.method} ${url.pathname}`;
        const answer = await route(cloud, services, call, url.searchParams, await json(message));
        send(response, 200, answer);
    } catch (error) {
        send(response, error instanceof Refused ? error.status : 400, { error: (error as Error).message });
    }
}

function send(response: ServerResponse, status: number, answer: object): void {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(`${JSON.stringify(answer, undefined, 2)}\n`);
}

async function json(message: IncomingMessage): Promise<Record<string, unknown>> {
    let text = "";
    for await (const chunk of message) text += String(chunk);
    return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}

async function route(
    cloud: Cloud,
    services: Services,
    call: string,
    query: URLSearchParams,
    body: Record<string, unknown>,
): Promise<object> {
    switch (call) {
        case "GET /state":
            return summary(cloud);
        case "GET /calls": {
            const calls = cloud.faults.calls(query.get("since") ?? undefined);
            return { calls: query.get("mutating") === "true" ? calls.filter((each) => each.mutating) : calls };
        }
        case "POST /faults":
            cloud.faults.order(checked(body));
            return cloud.faults.list();
        case "DELETE /faults":
            cloud.faults.clear();
            return cloud.faults.list();
        case "GET /faults":
            return cloud.faults.list();
        case "POST /soldout":
            cloud.faults.sellOut(zone(String(body.zone)).id, instanceType(String(body.type)).id);
            return cloud.faults.list();
        case "POST /mirror":
            return order(services.mirror, body);
        case "POST /objects":
            return order(services.objects, body);
        case "POST /snapshots/due":
            return { taken: await takeDueSnapshots(cloud, body.at ? new Date(String(body.at)) : new Date()) };
    }
    const [, id, what] = /^POST \/instances\/([^/]+)\/(kill|release)$/.exec(call) ?? [];
    if (!id) throw new Refused(404, `${call} is not a control call`);
    const instance = cloud.state.instances[id];
    if (!instance) throw new Refused(404, `there is no instance ${id}`);
    if (what === "kill") {
        await cloud.machines.run(id, () => cloud.hypervisor.stop(id, true));
    } else {
        cloud.machines.release(instance);
        cloud.save();
        await cloud.machines.idle();
    }
    return { id };
}

function order(service: Service, { down }: Record<string, unknown>): Service {
    if (typeof down !== "boolean") throw new Refused(400, `down: ${String(down)}: true or false`);
    service.down = down;
    return { down };
}

const faultKeys = ["action", "match", "count", "refuse", "throttle", "delayMs", "loseAnswer"];

function checked(body: Record<string, unknown>): Fault {
    const unknown = Object.keys(body).filter((key) => !faultKeys.includes(key));
    if (unknown.length > 0) throw new Refused(400, `a fault has no ${unknown.join(", ")}: ${faultKeys.join(", ")}`);
    if (typeof body.action !== "string") throw new Refused(400, 'a fault needs an "action", or "*"');
    if (!["refuse", "throttle", "delayMs", "loseAnswer"].some((key) => body[key])) {
        throw new Refused(400, "a fault needs one of refuse, throttle, delayMs, loseAnswer");
    }
    return body as unknown as Fault;
}

function summary(cloud: Cloud): object {
    const instances = Object.values(cloud.state.instances).map(({ userData, ...rest }) => ({
        ...rest,
        userDataBytes: Buffer.from(userData, "base64").length,
    }));
    return {
        ...cloud.state,
        tokens: undefined,
        instances: Object.fromEntries(instances.map((instance) => [instance.id, instance])),
    };
}
