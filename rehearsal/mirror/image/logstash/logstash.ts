import { readFileSync } from "node:fs";
import * as path from "node:path";

import { Image } from "../image";

const home = "/usr/share/logstash";
const program = `${home}/bin/logstash`;
const settings = `${home}/config/stand-in.yml`;

/** The stand-in for Logstash under its published name. `dir` is the part with its binary, `base` a Debian. */
export function logstashImage(dir: string, base: Image["base"]): Image {
    return {
        reference: "docker.elastic.co/logstash/logstash:7.17.29",
        base,
        files: {
            [program]: { from: path.join(dir, "logstash") },
            [settings]: { text: readFileSync(path.join(__dirname, "stand-in.yml"), "utf8") },
            [`${home}/data`]: { mode: 0o775, owner: { uid: 1000, gid: 0 } },
        },
        config: {
            Entrypoint: [program, "-e", "-c", settings, "-path.home", home],
            User: "1000:1000",
            Env: [
                "ELASTIC_CONTAINER=true",
                "GODEBUG=madvdontneed=1",
                "LIBBEAT_MONITORING_CGROUPS_HIERARCHY_OVERRIDE=/",
            ],
            WorkingDir: home,
        },
    };
}
