import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { controlPlanePrograms } from "../../../cluster/etcd/backups";
import { stackConfig } from "../../sample";
import { Sandbox } from "./sandbox";

const kept = "/var/lib/test-cluster/etcd-before-up";
const sha256 = (bytes: Buffer | string) => createHash("sha256").update(bytes).digest("hex");

describe("a backup of etcd, on the control plane", () => {
    let host: Sandbox;
    const program = controlPlanePrograms(stackConfig("dev"))["/usr/local/sbin/etcd-backup"];
    const run = (args: string, stdin = "") => host.run(program, { SSH_ORIGINAL_COMMAND: args }, stdin);
    const tool = (name: string, body: string) => host.standIn(name, body, `/var/image/usr/local/bin/${name}`);
    /** What is in a sealed backup. */
    const open = (sealed: string, file: string) => {
        const key = `file:${host.at("/etc/test-cluster/backup.key")}`;
        const args = ["enc", "-d", "-aes-256-ctr", "-pbkdf2", "-pass", key];
        const archive = execFileSync("openssl", args, { input: fs.readFileSync(sealed) });
        return execFileSync("tar", ["-xzO", file], { input: archive, encoding: "utf8" });
    };

    beforeEach(() => {
        host = new Sandbox();
        for (const program of ["sync", "tar"]) {
            host.standIn(program, `exec /usr/bin/${program} "$@"`);
        }
        for (const name of ["ca", "front-proxy-ca", "etcd/ca"]) {
            host.write(`/etc/kubernetes/pki/${name}.key`, "");
            const args = ["req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=test", "-days", "2"];
            const place = host.at(`/etc/kubernetes/pki/${name}`);
            execFileSync("openssl", [...args, "-keyout", `${place}.key`, "-out", `${place}.crt`], { stdio: "ignore" });
        }
        host.write("/etc/kubernetes/pki/sa.key", "the service accounts' key");
        host.write("/etc/kubernetes/pki/sa.pub", "");
        host.write("/etc/kubernetes/encryption/config.yaml", "the Secrets' key");
        host.write("/etc/kubernetes/manifests/etcd.yaml", "    image: registry.k8s.io/etcd:3.6.8-0\n");
        fs.mkdirSync(host.at("/run"));
        host.write("/etc/test-cluster/backup.key", "the backups' key\n");
        // As containerd has it: what was mounted at a place once, can't be again soon.
        host.standIn(
            "ctr",
            `case "$*" in
            *" images mount "*) [[ ! -e /var/image/mounted || \${@: -1} != "$(cat /var/image/mounted)" ]] || exit 1
                cp -R /var/image/usr "\${@: -1}"; echo "\${@: -1}" >/var/image/mounted ;;
            *" images unmount "*) find "\${@: -1}" -mindepth 1 -delete ;;
            esac`,
        );
        host.standIn("ss", "echo LISTEN 0 4096 127.0.0.1:2379 0.0.0.0:*");
        host.standIn("kubectl", "echo some-uid");
        host.standIn("kubelet", "echo Kubernetes v1.36.3");
        tool(
            "etcdctl",
            `case "$*" in
            *"endpoint status"*) echo '[{"Status":{"header":{"revision":100}}}]' ;;
            *"snapshot save"*) echo "all that etcd knows" >"\${@: -1}" ;;
            esac`,
        );
        tool("etcdutl", `[[ $2 != status ]] || echo '{"hash":7,"revision":101,"totalKey":42}'`);
    });
    afterEach(() => host.remove());

    it("is what etcd gave, with the keys to it, sealed, after its sum and how it was verified", async () => {
        // Into a file: it is no text.
        const { status, stderr } = await host.run(`exec >/etc/out\n${program}`, { SSH_ORIGINAL_COMMAND: "snapshot" });
        assert.equal(status, 0, stderr);
        const out = fs.readFileSync(host.at("/etc/out"));
        const line = out.subarray(0, out.indexOf("\n")).toString();
        const sealed = out.subarray(out.indexOf("\n") + 1);
        const [, sum, authority] =
            /^(\w{64}) \d+ restored into a scratch folder: revision 101, 42 entries; authority (\w{12})$/.exec(line) ??
            [];
        assert.equal(sum, sha256(sealed), line);
        fs.writeFileSync(host.at("/etc/sealed"), sealed);
        assert.equal(open(host.at("/etc/sealed"), "db"), "all that etcd knows\n");
        assert.equal(open(host.at("/etc/sealed"), "pki/sa.key"), "the service accounts' key");
        assert.equal(open(host.at("/etc/sealed"), "encryption/config.yaml"), "the Secrets' key");
        const facts = JSON.parse(open(host.at("/etc/sealed"), "facts.json")) as Record<string, unknown>;
        const { stack, ca, uid, kubernetes, etcd, revision } = facts;
        assert.deepEqual(
            { stack, ca, uid, kubernetes, etcd, revision },
            {
                stack: "dev",
                ca: authority,
                uid: "some-uid",
                kubernetes: "Kubernetes v1.36.3",
                etcd: "registry.k8s.io/etcd:3.6.8-0",
                revision: 101,
            },
        );
        assert.ok(!host.exists("/var/lib/test-cluster/etcd-work"), "what is not sealed is still there");
    });

    it("is none when it can't be restored, or ends before what etcd had written", async () => {
        tool("etcdutl", `[[ $2 != status ]] || echo '{"hash":7,"revision":99,"totalKey":42}'`);
        const early = await run("snapshot");
        assert.deepEqual([early.status, early.stdout], [1, ""]);
        assert.match(early.stderr, /the snapshot ends at revision 99, and etcd had come to 100 before/);
        tool("etcdutl", `echo "expected sha256 [1], got [2]" >&2; exit 1`);
        const broken = await run("snapshot");
        assert.deepEqual([broken.status, broken.stdout], [1, ""]);
        assert.match(broken.stderr, /expected sha256.*\nthe snapshot can't be restored/);
        assert.ok(!host.exists("/var/lib/test-cluster/etcd-work"));
    });

    it("is kept before up, of the last three", async () => {
        for (const day of ["01", "02", "03"]) {
            host.write(`${kept}/etcd-202601${day}T000000Z.json`, "{}");
            host.write(`${kept}/etcd-202601${day}T000000Z.sealed`, "");
        }
        const { status, stderr } = await run("before-up");
        assert.equal(status, 0, stderr);
        const files = fs.readdirSync(host.at(kept)).filter((file) => file.endsWith(".json"));
        assert.equal(files.length, 3);
        assert.ok(!files.includes("etcd-20260101T000000Z.json"));
        const own = files.find((file) => !file.startsWith("etcd-202601"))!;
        assert.match(host.read(`${kept}/${own}`), /"why":"before up","verified":"restored/);
        assert.equal(open(host.at(`${kept}/${own.replace(".json", ".sealed")}`), "db"), "all that etcd knows\n");
    });

    it("is made again at once, though containerd still has the last mount of etcd's tools", async () => {
        for (let time = 0; time < 2; time++) {
            const { status, stderr } = await host.run(`exec >/dev/null\n${program}`, {
                SSH_ORIGINAL_COMMAND: "snapshot",
            });
            assert.equal(status, 0, stderr);
        }
        assert.deepEqual(fs.readdirSync(host.at("/run")), ["etcd-work.lock"]);
    });

    it("can't be had of an etcd that does not answer or is not there, which is told from a failure", async () => {
        tool("etcdctl", "exit 1");
        const silent = await run("before-up");
        assert.equal(silent.status, 3);
        assert.match(silent.stderr, /^etcd does not answer: no backup of it can be made now$/m);
        assert.doesNotMatch(silent.stderr, /FAILED/);
        // Where nothing listens it is not asked, which would take its patience.
        host.standIn("ss");
        const asked = host.calls("etcdctl").length;
        assert.equal((await run("before-up")).status, 3);
        assert.equal(host.calls("etcdctl").length, asked);
        fs.rmSync(host.at("/etc/kubernetes/manifests/etcd.yaml"));
        assert.equal((await run("before-up")).status, 3);
        assert.ok(!host.exists(kept));
    });

    it("is taken back to be restored only whole, and nothing else may be asked", async () => {
        const name = "etcd-20260102T030405Z";
        const folder = "/var/lib/test-cluster/etcd-restore";
        host.write(`${folder}/etcd-20250102T030405Z.sealed`, "an older one");
        host.write("/var/lib/test-cluster/etcd-work/db", "of a backup that is under way");
        assert.equal((await run(`take ${name} ${sha256("sealed")}`, "sealed")).status, 0);
        assert.ok(host.exists("/var/lib/test-cluster/etcd-work/db"));
        assert.deepEqual(fs.readdirSync(host.at(folder)), [`${name}.sealed`]);
        const damaged = await run(`take ${name} ${sha256("sealed")}`, "seale");
        assert.equal(damaged.status, 1);
        assert.match(damaged.stderr, /it was damaged on its way/);
        assert.ok(!host.exists(`${folder}/${name}.sealed`));
        assert.equal((await run(`take ../../evil ${sha256("sealed")}`, "sealed")).status, 1);
        assert.match((await run("reboot")).stderr, /not: reboot/);
        assert.deepEqual(fs.readdirSync(host.at(folder)), []);
    });

    it("is taken to begin with only by a host that is no control plane yet", async () => {
        const name = "etcd-20260102T030405Z";
        const place = `/var/lib/test-cluster/etcd-first/${name}.sealed`;
        assert.equal((await run(`first ${name} ${sha256("sealed")}`, "sealed")).status, 0);
        assert.equal(host.read(place), "sealed");
        fs.rmSync(host.at(place));
        host.write("/etc/kubernetes/admin.conf", "");
        const { status, stderr } = await run(`first ${name} ${sha256("sealed")}`, "sealed");
        assert.equal(status, 0, "what recovers a control plane once must not fail each time that it is run again");
        assert.match(stderr, /is a control plane already and keeps its etcd; .*: npm run restore -- etcd$/m);
        assert.ok(!host.exists(place));
    });

    describe("that a new control plane begins with", () => {
        const first = controlPlanePrograms(stackConfig("dev"))["/usr/local/sbin/etcd-first"];
        const begin = () => host.run(`set -- /etc/kubeadm.yaml\n${first}`);
        const place = "/var/lib/test-cluster/etcd-first/etcd-20260102T030405Z.sealed";
        let authority = "";
        const kubeadm = (version: string) =>
            host.standIn(
                "kubeadm",
                `case "$*" in
                *" list "*) echo registry.example/etcd:3.6.8-0 ;;
                version*) echo ${version} ;;
                esac`,
            );

        /** A backup of the cluster as it is here; afterwards the host is a new one. */
        beforeEach(async () => {
            host.write(place, "");
            const made = await host.run(`exec >/etc/out\n${program}`, { SSH_ORIGINAL_COMMAND: "snapshot" });
            assert.equal(made.status, 0, made.stderr);
            const out = fs.readFileSync(host.at("/etc/out"));
            host.write(place, out.subarray(out.indexOf("\n") + 1));
            authority = host.read("/etc/kubernetes/pki/ca.crt");
            for (const gone of ["pki", "manifests"]) fs.rmSync(host.at(`/etc/kubernetes/${gone}`), { recursive: true });
            host.write("/etc/kubeadm.yaml", 'localAPIEndpoint:\n  advertiseAddress: "10.20.0.10"\n');
            kubeadm("v1.36.3");
            tool(
                "etcdutl",
                `case "$*" in
                *"snapshot status"*) echo '{"hash":7,"revision":101,"totalKey":42}' ;;
                *"--data-dir /var/lib/etcd.first "*) mkdir -p /var/lib/etcd.first; cp "$3" /var/lib/etcd.first/db ;;
                esac`,
            );
        });

        it("is its data, with revisions that nobody has seen, and its cluster's authorities", async () => {
            const { status, stderr } = await begin();
            assert.equal(status, 0, stderr);
            assert.match(stderr, /^etcd begins with etcd-20260102T030405Z: revision 101, 42 entries$/m);
            assert.equal(host.read("/var/lib/etcd/db"), "all that etcd knows\n");
            const call = host.calls("etcdutl").find((line) => line.includes("etcd.first"))!;
            assert.match(call, /--bump-revision 1000000000 --mark-compacted --name (\S+) --initial-cluster \1=https:/);
            assert.match(call, /--initial-advertise-peer-urls https:\/\/10\.20\.0\.10:2380$/);
            assert.equal(host.read("/etc/kubernetes/pki/ca.crt"), authority);
            for (const file of ["ca.key", "sa.key", "sa.pub", "front-proxy-ca.key", "etcd/ca.key"]) {
                assert.ok(host.exists(`/etc/kubernetes/pki/${file}`), file);
            }
            const mode = (file: string) =>
                (fs.statSync(host.at(`/etc/kubernetes/pki/${file}`)).mode & 0o777).toString(8);
            assert.deepEqual(["ca.key", "sa.key", "ca.crt"].map(mode), ["600", "600", "644"]);
        });

        it("is refused by a version of Kubernetes that can't read it", async () => {
            for (const version of ["v1.35.9", "v1.38.0"]) {
                kubeadm(version);
                const { status, stderr } = await begin();
                assert.equal(status, 1, version);
                assert.match(
                    stderr,
                    /the backup is of Kubernetes v1\.36\.3, and this is .*: set kubernetes\.version to 1\.36\.3/,
                );
                assert.ok(!host.exists("/var/lib/etcd"));
            }
            kubeadm("v1.37.0");
            assert.equal((await begin()).status, 0);
        });

        it("leaves nothing where it is of another stack's key, or its Secrets are encrypted with another", async () => {
            host.write("/etc/kubernetes/encryption/config.yaml", "another key");
            const { status, stderr } = await begin();
            assert.equal(status, 1);
            assert.match(stderr, /the backup's Secrets are encrypted with another key than this API server has/);
            host.write("/etc/test-cluster/backup.key", "another key\n");
            assert.match(
                (await begin()).stderr,
                /the backup can't be opened: it is damaged, or sealed with another key/,
            );
            for (const made of ["/var/lib/etcd", "/etc/kubernetes/pki"]) assert.ok(!host.exists(made), made);
        });
    });
});
