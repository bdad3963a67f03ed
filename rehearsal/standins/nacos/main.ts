import * as http from "node:http";
import { once } from "node:events";
import * as net from "node:net";

import { listener } from "../http";
import { api, version } from "./api";
import { consoleApi } from "./console";
import { grpcServer } from "./grpc";
import { Refusal, readSettings } from "./settings";
import { SqlStore } from "./sqlStore";
import { StoreError } from "./store";

const log = (line: string) => console.log(`${new Date().toISOString()} ${line}`);

/** The stand-in's process: all ports, until it is told to end. */
async function main(): Promise<void> {
    log(`This is a stand-in for Nacos ${version}, not Nacos: its HTTP API for configurations, on the real tables.`);
    const settings = readSettings(process.env);
    const store = new SqlStore(settings.database);
    process.on("SIGTERM", () => process.exit(0));
    process.on("SIGINT", () => process.exit(0));
    await store.check();
    const ports: [net.Server, number][] = [
        [http.createServer(listener(api(settings, store, log), log)), settings.port],
        [http.createServer(listener(consoleApi(settings, store, log), log)), settings.consolePort],
        [grpcServer(log), settings.port + 1000],
        [grpcServer(log), settings.port + 1001],
    ];
    for (const [server, port] of ports) await once(server.listen(port), "listening");
    log(`Nacos (stand-in) started successfully in standalone mode on ${ports.map(([, port]) => port).join(", ")}.`);
}

main().catch((error: Error) => {
    const known = error instanceof Refusal || error instanceof StoreError;
    log(`Nacos (stand-in) did not start: ${known ? error.message : error.stack}`);
    process.exit(error instanceof Refusal ? error.status : 1);
});
