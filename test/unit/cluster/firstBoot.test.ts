import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { load } from "js-yaml";
import type { StackConfig } from "../../../config";
import { userData } from "../../../cluster/firstboot";
import { fakeKey, stackConfig } from "../../sample";
import { matchSnapshot } from "../../snapshot";

interface CloudConfig {
    hostname: string;
    ssh_pwauth: boolean;
    ssh_keys: { ed25519_private: string; ed25519_public: string };
    write_files: { path: string; content: string; permissions?: string }[];
    runcmd: string[][];
}

function textFor(config: StackConfig, name: string): string {
    const host = config.hosts.find((candidate) => candidate.name === name)!;
    return userData(config, { host, hostKey: fakeKey });
}

function parsed(config: StackConfig, name: string): CloudConfig {
    return load(textFor(config, name)) as CloudConfig;
}

const dev = stackConfig("dev");

describe("user data", () => {
    for (const name of ["master", "node-01"]) {
        it(`of ${name} is as recorded`, () => matchSnapshot(`user-data.${name}`, textFor(dev, name)));
    }

    for (const stack of ["dev", "local"]) {
        const config = stackConfig(stack);
        for (const { name } of config.hosts) {
            describe(`of ${name} in ${stack}`, () => {
                const text = textFor(config, name);
                const data = load(text) as CloudConfig;

                it("is a cloud-config of a size that the cloud takes", () => {
                    assert.match(text, /^#cloud-config\n/);
                    assert.ok(Buffer.byteLength(text) <= 32 * 1024, `${Buffer.byteLength(text)} bytes`);
                });

                it("brings the host's name and SSH identity, and no login by password", () => {
                    assert.equal(data.hostname, name);
                    assert.equal(data.ssh_pwauth, false);
                    assert.equal(data.ssh_keys.ed25519_private, fakeKey.privateKey);
                    assert.equal(data.ssh_keys.ed25519_public, `${fakeKey.publicKey} ${name}`);
                });

                it("holds its private key once, in no file", () => {
                    assert.equal(text.split("FAKE-PRIVATE-KEY").length, 2);
                    assert.ok(!JSON.stringify(data.write_files).includes("FAKE-PRIVATE-KEY"));
                });

                it("has each file once, with an absolute path and executable where it is a program", () => {
                    const paths = data.write_files.map((file) => file.path);
                    assert.deepEqual([...new Set(paths)], paths);
                    for (const file of data.write_files) {
                        assert.match(file.path, /^\//);
                        assert.equal(file.permissions === "0755", file.content.startsWith("#!"), file.path);
                    }
                });

                it("runs only programs that it brings or that every image has", () => {
                    const units = data.write_files.filter((file) => file.path.endsWith(".service"));
                    const brought = new Set(data.write_files.map((file) => file.path));
                    for (const { path, content } of units) {
                        const [, program] = /^ExecStart=(\S+)/m.exec(content)!;
                        assert.ok(brought.has(program) || program.startsWith("/usr/sbin/"), `${path}: ${program}`);
                    }
                });

                it("has programs that bash can read", () => {
                    for (const file of data.write_files.filter(({ content }) => content.startsWith("#!/bin/bash"))) {
                        const { status, stderr } = spawnSync("bash", ["-n"], { input: file.content, encoding: "utf8" });
                        assert.equal(status, 0, `${file.path}: ${stderr}`);
                    }
                });
            });
        }
    }

    it("gives tokens on the control plane only", () => {
        const minters = dev.hosts.filter(({ name }) =>
            parsed(dev, name).write_files.some((file) => file.path === "/usr/local/sbin/join-token"),
        );
        assert.deepEqual(
            minters.map(({ role }) => role),
            ["control-plane"],
        );
    });

    it("has the mirrors in the order of the configuration", () => {
        const urls = { "https://pkgs.k8s.io": ["https://first", "https://second"] };
        const config = stackConfig("dev", { mirrors: { urls, images: { "docker.io": ["https://a", "https://b"] } } });
        const file = (path: string) => parsed(config, "master").write_files.find((f) => f.path === path)!.content;
        assert.equal(
            file("/etc/test-cluster/mirrors"),
            "https://pkgs.k8s.io https://first\nhttps://pkgs.k8s.io https://second\n",
        );
        const hosts = file("/etc/containerd/certs.d/docker.io/hosts.toml");
        assert.match(hosts, /^server = "https:\/\/registry-1\.docker\.io"\n/);
        assert.ok(hosts.indexOf("https://a") < hosts.indexOf("https://b"));
    });

    it("is other text when the pods' or the services' range changes, which a running cluster can't follow", () => {
        for (const range of ["pods", "services"]) {
            const changed = stackConfig("dev", { network: { [range]: "10.248.0.0/16" } });
            for (const host of dev.hosts) assert.notEqual(textFor(changed, host.name), textFor(dev, host.name), range);
        }
    });

    it("has the runtime's cgroup driver that the kubelet has", () => {
        for (const cgroupDriver of ["systemd", "cgroupfs"]) {
            const config = stackConfig("dev", { kubernetes: { cgroupDriver } });
            const toml = parsed(config, "master").write_files.find((f) => f.path === "/etc/containerd/config.toml")!;
            assert.match(toml.content, new RegExp(`SystemdCgroup = ${cgroupDriver === "systemd"}`));
        }
    });

    it("that the cloud would not take is refused with its size", () => {
        const mirrors = {
            urls: { "https://pkgs.k8s.io": Array.from({ length: 1000 }, (_, n) => `https://mirror-${n}`) },
        };
        const config = stackConfig("dev", { mirrors });
        assert.throws(
            () => textFor(config, "master"),
            /hosts \(master\): its user data has \d+ bytes, the cloud takes 32768; shorten/,
        );
    });
});
