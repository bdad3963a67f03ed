import type { Hypervisor } from "../hosts/hypervisor";
import { ApiError } from "./api/errors";
import type { AccessKey } from "./http/signature";
import { Faults } from "./faults";
import { Idempotency } from "./api/idempotency";
import { Machines } from "./machines";
import type { State } from "./state/records";
import { loadState, saveState } from "./state/store";

export interface CloudOptions {
    /** Where the state is kept, a JSON file. */
    stateFile: string;
    hypervisor: Hypervisor;
    accessKeyId: string;
    accessKeySecret: string;
    /** For example `cn-hangzhou`. */
    region: string;
    /** Where failures behind the API are told; standard error when not given. */
    log?: (line: string) => void;
}

/** The account that everything in the region belongs to. */
export const accountId = "1000000000000001";

/** What the actions work on: the region's state, the machines behind it, the faults ordered. */
export class Cloud {
    readonly region: string;
    readonly key: AccessKey;
    readonly hypervisor: Hypervisor;
    readonly state: State;
    readonly machines: Machines;
    readonly idempotency: Idempotency;
    readonly faults = new Faults();
    /** `host:port` that the API is reached at, once it is. */
    endpoint = "";
    private readonly stateFile: string;
    private readonly log: (line: string) => void;

    constructor(options: CloudOptions) {
        this.region = options.region;
        this.key = { id: options.accessKeyId, secret: options.accessKeySecret };
        this.hypervisor = options.hypervisor;
        this.stateFile = options.stateFile;
        this.log = options.log ?? ((line) => console.error(line));
        this.state = loadState(options.stateFile);
        this.idempotency = new Idempotency(this.state.tokens);
        this.machines = new Machines(this);
    }

    save(): void {
        saveState(this.stateFile, this.state);
    }

    /** Tells of something that failed after the API had answered. */
    report(what: string, error: unknown): void {
        this.log(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }

    /**
     * Work of the hypervisor that an answer waits for.
     *
     * @throws ApiError that carries what the system said; not one that clients retry, as they do with a 5xx
     */
    async ask<T>(work: Promise<T>): Promise<T> {
        try {
            return await work;
        } catch (error) {
            throw new ApiError("OperationDenied.MachineFailure", (error as Error).message, 403);
        }
    }
}
