import * as path from "node:path";

import { answers } from "../build/download";
import { goParts } from "../build/go";
import { Progress } from "../build/progress";
import { clusterRecipes } from "../build/recipes";
import { run } from "../command";
import { failedEarly, together } from "../build/together";
import { ensureBuildTools } from "../build/tools";
import { cacheDir, stateDir } from "../paths";
import { signingKey } from "./apt/key";
import { baseLayer } from "./image/base";
import { elasticsearchPart } from "./image/elasticsearch/elasticsearch";
import { imagePart } from "./image/image";
import { jreLayer } from "./image/jre";
import { kafkaArchivesPart, kafkaPart } from "./image/kafka/kafka";
import { mysqlPart } from "./image/mysql";
import { pausePart } from "./image/pause";
import { standinParts } from "./image/standins";
import { images } from "./images";
import { releases, releasePart } from "./releases";
import { repositories, repositoryPart } from "./repositories";

/** What a mirror serves. */
export interface MirrorContent {
    /** Folders, by the canonical `host/path` that they stand for. */
    trees: { [hostAndPath: string]: string };
    /** OCI image layouts, by `registry/repository:tag`. */
    images: { [reference: string]: string };
    /** The addresses of Debian's archives, by the path under which they are served. */
    archives: { [name: string]: string };
    /** Whether everything else is fetched from where it really is. */
    passThrough: boolean;
    /** Where fetched files are kept. */
    cacheDir: string;
}

/** What packages and images are made from: binaries by module, what Maven serves, the stand-ins, the shared layers. */
export interface Sources {
    kubernetes: string;
    containerd: string;
    etcd: string;
    "cni-plugins": string;
    "cni-flannel": string;
    coredns: string;
    flannel: string;
    "metrics-server": string;
    k9s: string;
    docker: string;
    "docker-cli": string;
    "docker-compose": string;
    filebeat: string;
    pause: string;
    mysql: string;
    kafka: string;
    "kafka-archives": string;
    elasticsearch: string;
    node: string;
    nacos: string;
    kibana: string;
    debian: string;
    jre: string;
}

/**
 * Returns what the hosts' mirror serves: where the internet is there, everything from where it really is; where it
 * isn't, packages and images built from the package registries, under the same names. What is built is listed in
 * `repositories`, `releases` and `images`. The first build takes about half an hour; its lines go to `progress`.
 */
export async function ensureMirror(progress: Progress): Promise<MirrorContent> {
    const common = { archives: await debianArchives(), cacheDir: path.join(cacheDir, "upstream") };
    const origins = ["https://registry.k8s.io/v2/", "https://pkgs.k8s.io"];
    if ((await Promise.all(origins.map(answers))).every(Boolean))
        return { ...common, trees: {}, images: {}, passThrough: true };
    return { ...common, ...(await build(common.archives.debian, progress)), passThrough: false };
}

async function build(archive: string, progress: Progress): Promise<Pick<MirrorContent, "trees" | "images">> {
    // What is in images and packages is read by other users than the one who builds them.
    process.umask(0o022);
    await ensureBuildTools(progress);
    // What is compiled keeps the cores busy, the others mostly wait for the network.
    const [binaries, others] = await together(
        [goParts(clusterRecipes, progress), otherSources(archive, progress)],
        failedEarly(progress),
    );
    const sources = { ...binaries, ...others } as Sources;
    const key = await signingKey(path.join(stateDir, "packages-key"));

    const content = { trees: {}, images: {} } as Pick<MirrorContent, "trees" | "images">;
    for (const repository of repositories(sources))
        content.trees[repository.address] = await repositoryPart(repository, key, progress);
    for (const release of releases(sources)) content.trees[release.address] = await releasePart(release, progress);
    for (const image of images(sources)) content.images[image.reference] = await imagePart(image, progress);
    return content;
}

async function otherSources(archive: string, progress: Progress) {
    const debian = await baseLayer(archive, progress);
    const jre = await jreLayer(debian, progress);
    const kafka = await kafkaPart(progress);
    return {
        debian,
        jre,
        kafka,
        "kafka-archives": await kafkaArchivesPart(kafka, [debian, jre], progress),
        pause: await pausePart(progress),
        mysql: await mysqlPart(progress),
        elasticsearch: await elasticsearchPart(progress),
        ...(await standinParts(progress)),
    };
}

/** The archives that this machine's own apt uses, so that hosts get theirs from wherever this machine does. */
async function debianArchives(): Promise<{ [name: string]: string }> {
    const archives = {
        debian: "http://deb.debian.org/debian",
        "debian-security": "http://deb.debian.org/debian-security",
    };
    let configured = "";
    try {
        configured = await run("apt-get", ["indextargets", "--format", "$(REPO_URI)"]);
    } catch {
        // Not a Debian machine: the public archive does.
    }
    for (const uri of configured.split("\n")) {
        const name = uri.replace(/\/$/, "").split("/").pop();
        if (uri.startsWith("http") && (name === "debian" || name === "debian-security")) archives[name] = uri;
    }
    return archives;
}
