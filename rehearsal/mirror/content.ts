import * as path from "node:path";

import { part } from "../build/cache";
import { answers } from "../build/download";
import { goParts } from "../build/go";
import { Progress, labelled } from "../build/progress";
import { clusterRecipes } from "../build/recipes";
import { run } from "../build/run";
import { ensureBuildTools } from "../build/tools";
import { cacheDir, stateDir } from "../paths";
import { containerdDeb, dockerLayout } from "./apt/containerd";
import { Deb, debPart } from "./apt/deb";
import { SigningKey, signingKey } from "./apt/key";
import { kubernetesDebs, kubernetesLayout } from "./apt/kubernetes";
import { Layout, writeRepository } from "./apt/repository";
import { baseLayer } from "./image/base";
import { imagePart } from "./image/image";
import { mysqlPart } from "./image/mysql";
import { pausePart } from "./image/pause";
import { images } from "./images";

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

/**
 * Returns what the hosts' mirror serves: where the internet is there, everything from where it really is; where it
 * isn't, packages and images built from the package registries, under the same names. The first build takes about
 * half an hour; its lines go to `progress`.
 */
export async function ensureMirror(progress: Progress): Promise<MirrorContent> {
    const common = { archives: await debianArchives(), cacheDir: path.join(cacheDir, "upstream") };
    const origins = ["https://registry.k8s.io/v2/", "https://pkgs.k8s.io"];
    if ((await Promise.all(origins.map(answers))).every(Boolean))
        return { ...common, trees: {}, images: {}, passThrough: true };
    return { ...common, ...(await build(common.archives.debian, labelled("mirror", progress))), passThrough: false };
}

async function build(archive: string, progress: Progress): Promise<Pick<MirrorContent, "trees" | "images">> {
    // Images and packages are read by other users than the one who builds them.
    process.umask(0o022);
    await ensureBuildTools(progress);
    const bin = await goParts(clusterRecipes, progress);
    const key = await signingKey(path.join(stateDir, "packages-key"));
    const version = Object.fromEntries(clusterRecipes.map((recipe) => [recipe.name, recipe.version]));
    const { "cni-plugins": cni } = Object.fromEntries(clusterRecipes.map((recipe) => [recipe.name, recipe]));

    const kubernetes = kubernetesDebs(
        { dir: bin.kubernetes, version: version.kubernetes },
        { dir: bin["cni-plugins"], version: cni.version, plugins: Object.keys(cni.binaries) },
    );
    const trees = {
        "pkgs.k8s.io/core:/stable:/v1.36/deb": await repositoryPart(
            "repository-kubernetes",
            kubernetesLayout,
            kubernetes,
            key,
            progress,
        ),
        "download.docker.com/linux/debian": await repositoryPart(
            "repository-docker",
            dockerLayout,
            [containerdDeb(bin.containerd, version.containerd)],
            key,
            progress,
        ),
        "github.com/derailed/k9s/releases/download/v0.50.9": await k9sRelease(bin.k9s, version.k9s, progress),
    };

    const built: MirrorContent["images"] = {};
    const sources = {
        kubernetes: bin.kubernetes,
        etcd: bin.etcd,
        coredns: bin.coredns,
        metricsServer: bin["metrics-server"],
        flannel: bin.flannel,
        cniFlannel: bin["cni-flannel"],
        pause: await pausePart("3.10", progress),
        mysql: await mysqlPart("8.0.15", progress),
        debian: await baseLayer(archive, progress),
    };
    for (const image of images(sources)) built[image.reference] = await imagePart(image, progress);
    return { trees, images: built };
}

async function repositoryPart(name: string, layout: Layout, debs: Deb[], key: SigningKey, progress: Progress) {
    const files: string[] = [];
    for (const deb of debs) files.push(await debPart(deb, progress));
    const inputs = [JSON.stringify(layout), ...files, key.publicKey];
    return part(name, debs[0].version, inputs, (dir) => writeRepository(dir, layout, files, key), progress);
}

/** The archive that k9s' release page has, with the binary alone. */
function k9sRelease(bin: string, version: string, progress: Progress): Promise<string> {
    const make = async (dir: string) => {
        await run("tar", [
            "-C",
            bin,
            "--owner=0",
            "--group=0",
            "-czf",
            path.join(dir, "k9s_Linux_amd64.tar.gz"),
            "k9s",
        ]);
    };
    return part("release-k9s", version, [bin], make, progress);
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
