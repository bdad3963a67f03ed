import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";

import { dockerLayout } from "../../../rehearsal/mirror/apt/containerd";
import { Deb, debianArchitecture, writeDeb } from "../../../rehearsal/mirror/apt/deb";
import { signingKey } from "../../../rehearsal/mirror/apt/key";
import { kubernetesLayout } from "../../../rehearsal/mirror/apt/kubernetes";
import { writeRepository } from "../../../rehearsal/mirror/apt/repository";
import { TestMirror, testMirror } from "./mirror";

const tiny: Deb = {
    name: "tiny",
    version: "1.2.3-1.1",
    fields: { Maintainer: "Nobody <nobody@localhost>", Depends: "libc6", Description: "A package for a test" },
    files: { "/usr/bin/tiny": { text: "#!/bin/sh\n", mode: 0o755 }, "/etc/tiny": { text: "a\n" } },
    conffiles: ["/etc/tiny"],
    scripts: { postinst: "#!/bin/sh\n" },
};

/** Where upstream has each repository, and the line that its manual gives for sources.list. */
const repositories = [
    { tree: "pkgs.k8s.io/core:/stable:/v9/deb", layout: kubernetesLayout, key: "Release.key", suite: "/" },
    { tree: "download.docker.com/linux/debian", layout: dockerLayout, key: "gpg", suite: "bookworm stable" },
];

describe("apt repositories of the mirror", () => {
    let mirror: TestMirror;

    before(async () => {
        mirror = await testMirror(async (dir) => {
            const architecture = await debianArchitecture();
            const deb = path.join(dir, `tiny_1.2.3-1.1_${architecture}.deb`);
            await writeDeb(tiny, architecture, deb);
            const key = await signingKey(path.join(dir, "key"));
            const trees: { [name: string]: string } = {};
            for (const { tree, layout } of repositories) {
                trees[tree] = path.join(dir, "trees", tree);
                mkdirSync(trees[tree], { recursive: true });
                await writeRepository(trees[tree], layout, [deb], key);
            }
            trees["forged.example/deb"] = path.join(dir, "trees", "forged.example/deb");
            return { trees };
        });
    });
    after(() => mirror.close());

    const sandbox = (tree: string) => path.join(mirror.dir, "apt", tree.replaceAll(/\W/g, "-"));

    /** Runs apt-get in a folder of its own, with one source and the key that the repository publishes. */
    async function apt(tree: string, keyName: string, suite: string, ...command: string[]): Promise<string> {
        const dir = sandbox(tree);
        for (const folder of ["state/lists/partial", "cache/archives/partial", "etc/apt.conf.d", "etc/preferences.d"])
            mkdirSync(path.join(dir, folder), { recursive: true });
        const key = await fetch(`${mirror.url}/${tree}/${keyName}`);
        writeFileSync(path.join(dir, "key.asc"), await key.text());
        const source = `deb [signed-by=${dir}/key.asc] ${mirror.url}/${tree}/ ${suite}\n`;
        writeFileSync(path.join(dir, "sources.list"), source);
        writeFileSync(path.join(dir, "status"), "");
        const options = {
            "Dir::State": `${dir}/state`,
            "Dir::State::status": `${dir}/status`,
            "Dir::Cache": `${dir}/cache`,
            "Dir::Etc": `${dir}/etc`,
            "Dir::Etc::SourceList": `${dir}/sources.list`,
            "APT::Sandbox::User": "",
            "Acquire::Languages": "none",
        };
        const args = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
        const { stdout, stderr } = await promisify(execFile)("apt-get", [...args, ...command], { cwd: dir });
        return stdout + stderr;
    }

    for (const { tree, key, suite } of repositories)
        it(`lets apt verify and download from ${tree}`, async () => {
            const update = await apt(tree, key, suite, "update");
            assert.doesNotMatch(update, /^[WE]:/m);
            await apt(tree, key, suite, "download", "tiny=1.2.3-1.1");
            const architecture = await debianArchitecture();
            const file = path.join(sandbox(tree), `tiny_1.2.3-1.1_${architecture}.deb`);
            const { stdout } = await promisify(execFile)("dpkg-deb", ["--contents", file]);
            assert.match(stdout, /-rwxr-xr-x root\/root .* \.\/usr\/bin\/tiny\n/);
        });

    it("is refused by apt once its index is not the signed one", async () => {
        const { tree, key, suite } = repositories[0];
        const forged = "forged.example/deb";
        const files = path.join(mirror.dir, "trees", forged);
        cpSync(path.join(mirror.dir, "trees", tree), files, { recursive: true });
        writeFileSync(path.join(files, "Packages"), "Package: other\n");
        writeFileSync(path.join(files, "Packages.gz"), gzipSync("Package: other\n"));
        await assert.rejects(() => apt(forged, key, suite, "update"), /Hash Sum mismatch|unexpected size/);
    });

    it("uses one key, which its owner keeps", async () => {
        const dir = path.join(mirror.dir, "key");
        const [first, second] = [await signingKey(dir), await signingKey(dir)];
        assert.equal(first.publicKey, second.publicKey);
        assert.match(await first.sign("text\n", "clear"), /^-----BEGIN PGP SIGNED MESSAGE-----/);
    });
});
