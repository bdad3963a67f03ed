import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { EngineHost } from "./engine";
import { Provider } from "./provider";
import { handlers } from "./service";

export { EngineHost, Severity } from "./engine";
export * from "./provider";
export * from "./value";

/**
 * Runs a provider as a plugin: reads the engine's address from the command line, listens on a free loopback port, and
 * prints the port for the engine to find. Ends when the process that started it has ended.
 */
export async function serve(
    name: string,
    version: string,
    makeProvider: (host: EngineHost) => Provider,
): Promise<void> {
    const address = process.argv.at(-1);
    if (process.argv.length < 3 || !address) {
        throw new Error(
            `pulumi-resource-${name} is started by the Pulumi engine, with the engine's address as argument`,
        );
    }
    const { port } = await listen(name, version, makeProvider, address);
    process.stdout.write(`${port}\n`);
    // A plugin has a process group of its own, so an interrupt is the engine's, after Cancel: the time to end.
    process.on("SIGINT", () => process.exit(0));
    const parent = process.ppid;
    setInterval(() => process.ppid === parent || process.exit(0), 2000).unref();
}

/** Listens for one engine; `close` ends calls under way. */
export async function listen(
    name: string,
    version: string,
    makeProvider: (host: EngineHost) => Provider,
    engineAddress: string,
): Promise<{ port: number; close(): void }> {
    const host = new EngineHost(engineAddress);
    const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
    server.addService(ResourceProviderService, handlers(name, version, makeProvider(host), host));
    const port = await new Promise<number>((resolve, reject) =>
        server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
            error ? reject(error) : resolve(bound),
        ),
    );
    return {
        port,
        close: () => {
            server.forceShutdown();
            host.close();
        },
    };
}
