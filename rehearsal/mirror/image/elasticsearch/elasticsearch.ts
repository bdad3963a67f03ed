import { readFileSync } from "node:fs";
import * as path from "node:path";

import { Progress } from "../../../build/progress";
import { Entry, Tree } from "../../tree";
import { accounts } from "../accounts";
import { Image } from "../image";
import { jarsPart } from "../jars";

const version = "7.17.28";
const home = "/usr/share/elasticsearch";
const source = (name: string) => path.join(__dirname, name);
const script = (name: string): Entry => ({ text: readFileSync(source(name), "utf8"), mode: 0o755 });

/** The account of the published image; data on a disk belongs to these numbers. */
const user = { name: "elasticsearch", uid: 1000, group: "root", gid: 0, home };

/** A module's class, and what its jars may do under Elasticsearch's security manager. */
interface Module {
    className: string;
    permissions: string[];
}

/** A socket to and from anywhere: what every client or server of the network needs. */
const network = ['java.net.SocketPermission "*", "accept,connect,resolve"'];

/** The modules of the server that are published as jars. */
const modules: { [name: string]: Module } = {
    "aggs-matrix-stats": {
        className: "org.elasticsearch.search.aggregations.matrix.MatrixAggregationPlugin",
        permissions: [],
    },
    "mapper-extras": { className: "org.elasticsearch.index.mapper.MapperExtrasPlugin", permissions: [] },
    "parent-join": { className: "org.elasticsearch.join.ParentJoinPlugin", permissions: [] },
    reindex: { className: "org.elasticsearch.reindex.ReindexPlugin", permissions: network },
    "transport-netty4": {
        className: "org.elasticsearch.transport.Netty4Plugin",
        permissions: [
            ...network,
            'java.lang.RuntimePermission "getClassLoader"',
            'java.lang.RuntimePermission "setContextClassLoader"',
            'java.lang.RuntimePermission "accessDeclaredMembers"',
            'java.lang.reflect.ReflectPermission "suppressAccessChecks"',
        ],
    },
};

/** Downloads the server and returns the folder with its `lib` and `modules`. */
export function elasticsearchPart(progress: Progress): Promise<string> {
    return jarsPart("elasticsearch", version, source("jars.txt"), progress);
}

/** Elasticsearch where its published image has it; `jars` is the part, `base` the layers with Java. */
export function elasticsearchImage(jars: string, base: string[]): Image {
    return {
        reference: `docker.elastic.co/elasticsearch/elasticsearch:${version}`,
        base,
        files: tree(jars),
        config: {
            Entrypoint: ["/usr/local/bin/docker-entrypoint.sh"],
            Cmd: ["eswrapper"],
            User: `${user.uid}:${user.gid}`,
            WorkingDir: home,
            ExposedPorts: { "9200/tcp": {}, "9300/tcp": {} },
        },
    };
}

function tree(jars: string): Tree {
    const folder = { mode: 0o775, owner: user };
    const described = Object.entries(modules).flatMap(([name, module]): [string, Entry][] => [
        [`${home}/modules/${name}`, { from: path.join(jars, "modules", name) }],
        [`${home}/modules/${name}/plugin-descriptor.properties`, { text: descriptor(name, module) }],
        ...policy(module).map((text): [string, Entry] => [`${home}/modules/${name}/plugin-security.policy`, { text }]),
    ]);
    return {
        ...accounts(user),
        "/usr/local/bin/docker-entrypoint.sh": script("entrypoint.sh"),
        "/usr/local/bin/elasticsearch": { to: `${home}/bin/elasticsearch` },
        [`${home}/bin/elasticsearch`]: script("elasticsearch.sh"),
        [`${home}/config`]: folder,
        [`${home}/config/elasticsearch.yml`]: { text: "cluster.name: docker-cluster\nnetwork.host: 0.0.0.0\n" },
        [`${home}/config/jvm.options.d`]: folder,
        [`${home}/config/log4j2.properties`]: { text: readFileSync(source("log4j2.properties"), "utf8") },
        [`${home}/data`]: folder,
        [`${home}/lib`]: { from: path.join(jars, "lib") },
        [`${home}/logs`]: folder,
        ...Object.fromEntries(described),
        [`${home}/plugins`]: folder,
    };
}

function descriptor(name: string, { className }: Module): string {
    const properties = {
        name,
        description: name,
        version,
        "elasticsearch.version": version,
        "java.version": "1.8",
        classname: className,
    };
    return Object.entries(properties)
        .map(([key, value]) => `${key}=${value}\n`)
        .join("");
}

function policy({ permissions }: Module): string[] {
    if (permissions.length === 0) return [];
    return [`grant {\n${permissions.map((permission) => `    permission ${permission};\n`).join("")}};\n`];
}
