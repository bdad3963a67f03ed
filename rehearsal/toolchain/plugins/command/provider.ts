import { setMaxListeners } from "node:events";
import {
    CheckRequest,
    CheckResult,
    CreateRequest,
    DeleteRequest,
    DiffRequest,
    DiffResult,
    EngineHost,
    PropertyMap,
    Provider,
    ReadRequest,
    ReadResult,
    UpdateRequest,
    unknown,
} from "../serve";
import { difference } from "./difference";
import { checkInputs, shapes } from "./inputs";
import { reportTo } from "./report";
import { Resource, commandResource, copyResource, localRun, remoteRun } from "./resources";

const resources: Record<string, Resource> = {
    "command:remote:Command": commandResource(remoteRun, ["stdout", "stderr"]),
    "command:remote:CopyToRemote": copyResource,
    "command:local:Command": commandResource(localRun, ["stdout", "stderr", "assets", "archive"]),
};

/** Commands and copies as resources, as version 1.2.1 of Pulumi's command provider has them. */
export class CommandProvider implements Provider {
    constructor(private readonly host: EngineHost) {
        // Every call under way listens to it.
        setMaxListeners(0, host.cancelled);
    }

    configure(): Promise<void> {
        return Promise.resolve();
    }

    async check(request: CheckRequest): Promise<CheckResult> {
        resourceOf(request.type);
        return checkInputs(request.type as keyof typeof shapes, request.inputs);
    }

    /**
     * Every change is an update here. That one of `triggers[*]` replaces, the SDK tells the engine; only the coming or
     * going of all triggers is for the provider to tell.
     */
    async diff(request: DiffRequest): Promise<DiffResult> {
        const detailed = difference(request.oldInputs, request.inputs);
        if (detailed.triggers === "add" || detailed.triggers === "delete" || detailed.triggers === "update") {
            detailed.triggers = `${detailed.triggers}-replace`;
        }
        return { changed: Object.keys(detailed).length > 0, detailed };
    }

    async create(request: CreateRequest): Promise<{ id: string; outputs: PropertyMap }> {
        const { type, name, urn, inputs, timeout } = request;
        const resource = resourceOf(type);
        if (request.preview) {
            return { id: "", outputs: { ...inputs, ...unknownResults(resource) } };
        }
        const created = await resource.create(name, inputs, reportTo(this.host, urn, timeout));
        return { id: created.id, outputs: { ...inputs, ...created.outputs } };
    }

    /** Nothing of a command can be read back: the state is what it was. */
    async read({ id, inputs, outputs }: ReadRequest): Promise<ReadResult> {
        return { id, inputs, outputs };
    }

    async update(request: UpdateRequest): Promise<PropertyMap> {
        const { type, urn, inputs, oldInputs, oldOutputs, timeout } = request;
        const resource = resourceOf(type);
        const kept = Object.fromEntries(
            resource.results.filter((key) => key in oldOutputs).map((key) => [key, oldOutputs[key]]),
        );
        if (request.preview) {
            const changed = Object.keys(difference(oldInputs, inputs)).length > 0;
            return { ...inputs, ...kept, ...(changed && unknownResults(resource)) };
        }
        return {
            ...inputs,
            ...kept,
            ...(await resource.update(inputs, oldOutputs, reportTo(this.host, urn, timeout))),
        };
    }

    async delete({ type, urn, outputs, timeout }: DeleteRequest): Promise<void> {
        await resourceOf(type).delete(outputs, reportTo(this.host, urn, timeout));
    }

    /** `command:local:run`, which runs in previews too. */
    async invoke(token: string, args: PropertyMap): Promise<PropertyMap> {
        if (token !== "command:local:run") {
            throw new Error(`unknown function ${token}; there is command:local:run`);
        }
        const { inputs, failures } = checkInputs(token, args);
        if (failures.length > 0) {
            throw new Error(failures.map(({ property, reason }) => `${property}: ${reason}`).join("\n"));
        }
        return { ...inputs, ...(await localRun(inputs.command, inputs, {}, reportTo(this.host, ""))) };
    }
}

function resourceOf(type: string): Resource {
    if (!resources[type]) {
        throw new Error(`unknown resource type ${type}; there are ${Object.keys(resources).join(", ")}`);
    }
    return resources[type];
}

/** Assets are left out, as they exist only where they were asked for. */
function unknownResults(resource: Resource): PropertyMap {
    const certain = resource.results.filter((key) => key === "stdout" || key === "stderr");
    return Object.fromEntries(certain.map((key) => [key, unknown]));
}
