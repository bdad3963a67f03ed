import { setMaxListeners } from "node:events";
import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

const severities = {
    debug: LogSeverity.DEBUG,
    info: LogSeverity.INFO,
    warning: LogSeverity.WARNING,
    error: LogSeverity.ERROR,
};

export type Severity = keyof typeof severities;

/** The engine as a provider sees it: somewhere to log to, and somebody who may cancel. */
export class EngineHost {
    private readonly canceller = new AbortController();
    private readonly pending = new Set<Promise<void>>();
    private client: EngineClient;

    /** @param address the engine's gRPC address, `host:port` */
    constructor(address: string) {
        this.client = new EngineClient(address, credentials.createInsecure());
        // Every wait of every resource listens, so there is no number of listeners that would mean a leak.
        setMaxListeners(0, this.canceller.signal);
    }

    /** Aborted when the engine asks to give up what is under way. */
    get cancelled(): AbortSignal {
        return this.canceller.signal;
    }

    cancel(): void {
        this.canceller.abort(new Error("cancelled by the engine"));
    }

    /** Talks to another engine from now on. */
    attach(address: string): void {
        this.client.close();
        this.client = new EngineClient(address, credentials.createInsecure());
    }

    /**
     * Shows a message under the resource; without a URN, under the stack. An ephemeral one is the resource's status of
     * the moment, in the Info column; messages of one `streamId` are parts of one text. Never fails: a message that the
     * engine doesn't take is dropped.
     */
    log(
        severity: Severity,
        message: string,
        urn = "",
        options: { streamId?: number; ephemeral?: boolean } = {},
    ): Promise<void> {
        const request = new LogRequest();
        request.setSeverity(severities[severity]);
        request.setMessage(message);
        request.setUrn(urn);
        request.setStreamid(options.streamId ?? 0);
        request.setEphemeral(options.ephemeral ?? false);
        const sent = new Promise<void>((resolve) => {
            this.client.log(request, () => resolve());
        });
        this.pending.add(sent);
        void sent.then(() => this.pending.delete(sent));
        return sent;
    }

    /** Resolves once the engine has every message so far. */
    async flush(): Promise<void> {
        await Promise.all(this.pending);
    }

    close(): void {
        this.client.close();
    }
}
