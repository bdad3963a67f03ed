import { once } from "node:events";
import * as http from "node:http";

import { listener } from "../http";
import { Elasticsearch } from "./elasticsearch";
import { Objects, version } from "./objects";
import { kibana } from "./server";

const log = (line: string) => console.log(`${new Date().toISOString()} ${line}`);

/**
 * How long the start waits between two looks at Elasticsearch, in milliseconds: longer than a connection is kept that is
 * not used (4 s). Before its Service leads anywhere, another may have answered, and would again on the same connection.
 */
const pause = 5000;

/** The stand-in's process: the pages and the API on one port, ready once Elasticsearch answers. */
async function main(): Promise<void> {
    log(`This is a stand-in for Kibana ${version}, not Kibana: the saved objects' API, a search page and dashboards.`);
    process.on("SIGTERM", () => process.exit(0));
    process.on("SIGINT", () => process.exit(0));
    const { ELASTICSEARCH_USERNAME: user, ELASTICSEARCH_PASSWORD: password } = process.env;
    const elasticsearch = new Elasticsearch(address(process.env.ELASTICSEARCH_HOSTS), user, password);
    const objects = new Objects(elasticsearch);
    const port = Number(process.env.SERVER_PORT || 5601);
    const server = kibana(elasticsearch, objects);
    await once(http.createServer(listener(server.handler, log)).listen(port), "listening");
    log(`http server running at http://0.0.0.0:${port}`);
    for (let before = ""; ;) {
        try {
            await objects.ensureIndex();
            break;
        } catch (error) {
            const { message } = error as Error;
            if (message !== before) log(`Unable to retrieve version information from ${elasticsearch.url}. ${message}`);
            before = message;
            await new Promise((resolve) => setTimeout(resolve, pause));
        }
    }
    server.start();
    log("Kibana (stand-in) is now available");
}

/** The first address of the setting, which is one address or a JSON list of them. */
function address(hosts = "http://elasticsearch:9200"): string {
    const [first] = hosts.startsWith("[") ? (JSON.parse(hosts) as string[]) : [hosts];
    return first.replace(/\/+$/, "");
}

main().catch((error: Error) => {
    log(`Kibana (stand-in) did not start: ${error.stack}`);
    process.exit(1);
});
