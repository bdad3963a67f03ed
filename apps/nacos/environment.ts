import type * as pulumi from "@pulumi/pulumi";
import { nacosDatabase } from "../../config/nacos";
import { heapMebibytes } from "../../config/types";

/** The image's own start writes every word that it looks at to the log, secrets too: that is turned off. */
export const start = "exec 9>/dev/null; BASH_XTRACEFD=9; . bin/docker-startup.sh";

/** The image's environment, where it holds no secret and names no database. */
export function environment(memory: string) {
    const heap = heapMebibytes(memory);
    return Object.entries({
        MODE: "standalone",
        SPRING_DATASOURCE_PLATFORM: "mysql",
        NACOS_AUTH_ENABLE: "true",
        NACOS_AUTH_ADMIN_ENABLE: "true",
        NACOS_AUTH_CONSOLE_ENABLE: "true",
        NACOS_AUTH_IDENTITY_KEY: "stack-identity",
        JVM_XMS: `${heap}m`,
        JVM_XMX: `${heap}m`,
        JVM_XMN: `${Math.floor(heap / 2)}m`,
        // Its web server keeps files beside the program, which is read-only, and a log of addresses with tokens in them.
        JAVA_TOOL_OPTIONS: "-Dserver.tomcat.basedir=/tmp -Dserver.tomcat.accesslog.enabled=false -Duser.home=/tmp",
    }).map(([name, value]) => ({ name, value }));
}

export function databaseEnvironment(address: pulumi.Output<string>) {
    const part = (index: number) => address.apply((text) => text.split(":")[index]);
    return [
        { name: "MYSQL_SERVICE_HOST", value: part(0) },
        { name: "MYSQL_SERVICE_PORT", value: part(1) },
        { name: "MYSQL_SERVICE_DB_NAME", value: nacosDatabase },
        { name: "MYSQL_SERVICE_USER", value: nacosDatabase },
        {
            name: "MYSQL_SERVICE_DB_PARAM",
            // The image's default, and leave to ask MySQL for the key that its way to log in needs without TLS.
            value:
                "characterEncoding=utf8&connectTimeout=1000&socketTimeout=3000&autoReconnect=true&useSSL=false" +
                "&allowPublicKeyRetrieval=true",
        },
    ];
}
