import { readFileSync } from "node:fs";
import * as path from "node:path";

import { Image } from "../image";

const home = "/usr/share/filebeat";
const entrypoint = readFileSync(path.join(__dirname, "docker-entrypoint.sh"), "utf8");

/** The settings that the published image has, as far as they do something without Docker. */
const settings = `output.elasticsearch:
  hosts: \${ELASTICSEARCH_HOSTS:elasticsearch:9200}
  username: \${ELASTICSEARCH_USERNAME:}
  password: \${ELASTICSEARCH_PASSWORD:}
`;

/**
 * Filebeat where the published image has it. `dir` is the part with its binary, `base` a Debian. There is no tini:
 * Filebeat starts no processes, and ends by itself when it is told to.
 */
export function filebeatImage(dir: string, base: Image["base"]): Image {
    const writable = { mode: 0o775, owner: { uid: 0, gid: 0 } };
    return {
        reference: "docker.elastic.co/beats/filebeat:7.17.29",
        base,
        files: {
            [`${home}/filebeat`]: { from: path.join(dir, "filebeat") },
            [`${home}/filebeat.yml`]: { text: settings },
            [`${home}/data`]: writable,
            [`${home}/logs`]: writable,
            "/usr/local/bin/docker-entrypoint": { text: entrypoint, mode: 0o755 },
        },
        config: {
            Entrypoint: ["/usr/local/bin/docker-entrypoint"],
            Cmd: ["-environment", "container"],
            User: "1000:0",
            Env: [
                "ELASTIC_CONTAINER=true",
                "GODEBUG=madvdontneed=1",
                "LIBBEAT_MONITORING_CGROUPS_HIERARCHY_OVERRIDE=/",
            ],
            WorkingDir: home,
        },
    };
}
