import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";

import { containerdDeb, dockerLayout } from "../../../rehearsal/mirror/apt/containerd";
import { Deb, debFile, debianArchitecture, writeDeb } from "../../../rehearsal/mirror/apt/deb";
import { dockerDebs } from "../../../rehearsal/mirror/apt/docker";
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

/** Docker's packages around empty binaries, and stand-ins for what they need of Debian's. */
function dockerPackages(dir: string): Deb[] {
    const binaries = path.join(dir, "binaries");
    mkdirSync(binaries);
    const names = [
        "containerd",
        "containerd-shim-runc-v2",
        "ctr",
        "dockerd",
        "docker-proxy",
        "docker",
        "docker-compose",
    ];
    for (const name of names) writeFileSync(path.join(binaries, name), "", { mode: 0o755 });
    const debian = ["runc", "iptables", "tini"].map((name) => ({
        ...tiny,
        name,
        fields: {},
        files: {},
        conffiles: [],
    }));
    return [containerdDeb(binaries), ...dockerDebs(binaries, binaries, binaries), ...debian];
}

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
            const write = async (deb: Deb) => {
                const file = path.join(dir, debFile(deb, architecture));
                await writeDeb(deb, architecture, file);
                return file;
            };
            const deb = await write(tiny);
            const docker = await Promise.all(dockerPackages(dir).map(write));
            const key = await signingKey(path.join(dir, "key"));
            const trees: { [name: string]: string } = {};
            for (const { tree, layout } of repositories) {
                trees[tree] = path.join(dir, "trees", tree);
                mkdirSync(trees[tree], { recursive: true });
                await writeRepository(trees[tree], layout, layout === dockerLayout ? [deb, ...docker] : [deb], key);
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

    it("installs Docker beside the one containerd, with compose", async () => {
        const { tree, key, suite } = repositories[1];
        await apt(tree, key, suite, "update");
        const simulated = await apt(tree, key, suite, "install", "--simulate", "docker-ce=5:28.5.2-*", "containerd.io");
        const installed = [...simulated.matchAll(/^Inst (\S+) \((\S+)/gm)].map(
            ([, name, version]) => `${name} ${version}`,
        );
        assert.deepEqual(installed.filter((line) => !line.includes("1.2.3")).sort(), [
            "containerd.io 2.2.9-1~debian.12~bookworm",
            "docker-ce 5:28.5.2-1~debian.12~bookworm",
            "docker-ce-cli 5:28.5.2-1~debian.12~bookworm",
            "docker-compose-plugin 2.40.3-1~debian.12~bookworm",
        ]);
    });

    it("gives the engine's units the program, the socket and the group that they name", async () => {
        const root = path.join(mirror.dir, "docker-ce");
        const pool = path.join(mirror.dir, "trees", repositories[1].tree, dockerLayout.pool);
        const file = `docker-ce_28.5.2-1~debian.12~bookworm_${await debianArchitecture()}.deb`;
        await promisify(execFile)("dpkg-deb", ["--raw-extract", path.join(pool, file), root]);
        const read = (name: string) => readFileSync(path.join(root, name), "utf8");
        const service = read("lib/systemd/system/docker.service");
        assert.ok(existsSync(path.join(root, /^ExecStart=(\S+)/m.exec(service)![1])));
        const socket = read(path.join("lib/systemd/system", /^Requires=(\S+)$/m.exec(service)![1]));
        const group = /^SocketGroup=(\S+)$/m.exec(socket)![1];
        assert.match(read("DEBIAN/postinst"), new RegExp(`groupadd --system ${group}$`, "m"));
        for (const script of ["postinst", "prerm"])
            await promisify(execFile)("sh", ["-n", path.join(root, "DEBIAN", script)]);
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
