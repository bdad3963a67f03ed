import { part } from "../build/cache";
import { Progress } from "../build/progress";
import { containerdDeb, dockerLayout } from "./apt/containerd";
import { Deb, debPart } from "./apt/deb";
import { dockerDebs } from "./apt/docker";
import { SigningKey } from "./apt/key";
import { kubernetesDebs, kubernetesLayout } from "./apt/kubernetes";
import { Layout, writeRepository } from "./apt/repository";
import { Sources } from "./content";

export interface Repository {
    name: string;
    /** Where upstream has it, without the scheme. */
    address: string;
    layout: Layout;
    debs: Deb[];
}

/** Every apt repository that hosts install from, beside Debian's own. */
export function repositories(sources: Sources): Repository[] {
    return [
        {
            name: "kubernetes",
            address: "pkgs.k8s.io/core:/stable:/v1.36/deb",
            layout: kubernetesLayout,
            debs: kubernetesDebs(sources.kubernetes, sources["cni-plugins"]),
        },
        {
            name: "docker",
            address: "download.docker.com/linux/debian",
            layout: dockerLayout,
            debs: [
                containerdDeb(sources.containerd),
                ...dockerDebs(sources.docker, sources["docker-cli"], sources["docker-compose"]),
            ],
        },
    ];
}

/** Builds the repository as a part, signed, and returns its folder. */
export async function repositoryPart(repository: Repository, key: SigningKey, progress: Progress): Promise<string> {
    const { name, layout, debs } = repository;
    const files: string[] = [];
    for (const deb of debs) files.push(await debPart(deb, progress));
    const inputs = [JSON.stringify(layout), ...files, key.publicKey];
    return part(
        `repository-${name}`,
        debs[0].version,
        inputs,
        (dir) => writeRepository(dir, layout, files, key),
        progress,
    );
}
