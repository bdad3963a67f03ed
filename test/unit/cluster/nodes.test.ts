import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { labels } from "../../../cluster/ready";
import { script, scriptFile } from "../../../cluster/shell";
import { stackConfig } from "../../sample";
import { Sandbox } from "./sandbox";

describe("labels of nodes", () => {
    let host: Sandbox;
    const given = {
        LABELS: "master role=\nnode-01 a= b-",
        TAINTS: "master control:NoSchedule-\nnode-01 only:NoSchedule",
    };

    /** No volumes, nodes or pods. */
    const nothing = `[[ $1 != get ]] || echo '{"items": []}'`;
    /** What changes something, not what asks. */
    const changes = () => host.calls("kubectl").filter((call) => !call.startsWith("get "));

    beforeEach(() => (host = new Sandbox()));
    afterEach(() => host.remove());

    it("are a host's role, the disks that it holds, and none that it does not", () => {
        const config = stackConfig("dev");
        const of = (host: string) => labels(config, host).split(" ");
        const disks = (sign: Record<string, string>) =>
            ["mysql", "kafka", "elasticsearch", "backup"].map(
                (disk) => `disk.test-cluster/${disk}${sign[disk] ?? "-"}`,
            );
        assert.deepEqual(of("master"), ["node-role.kubernetes.io/control-plane=", ...disks({})]);
        assert.deepEqual(of("node-01"), ["node-role.kubernetes.io/worker=", ...disks({ kafka: "=" })]);
        assert.deepEqual(of("node-02"), [
            "node-role.kubernetes.io/worker=",
            ...disks({ mysql: "=", elasticsearch: "=", backup: "=" }),
        ]);
    });

    it("are set with the taints, node by node", async () => {
        host.standIn("kubectl", nothing);
        const { status, stderr } = await host.run(script("labels", given));
        assert.equal(status, 0, stderr);
        assert.deepEqual(changes(), [
            "label --overwrite node master role=",
            "label --overwrite node node-01 a= b-",
            "taint --overwrite node master control:NoSchedule-",
            "taint --overwrite node node-01 only:NoSchedule",
        ]);
    });

    it("do without a taint to be removed that isn't there", async () => {
        host.standIn("kubectl", `${nothing}; [[ $* != *NoSchedule- ]]`);
        assert.equal((await host.run(script("labels", given))).status, 0);
        assert.equal(changes().length, 4);
    });

    for (const call of ["label", "taint"]) {
        it(`fail, named, when a ${call} can't be set`, async () => {
            host.standIn("kubectl", `[[ $* != ${call}*node-01* ]]`);
            const { status, stderr } = await host.run(script("labels", given));
            assert.notEqual(status, 0);
            assert.match(stderr, /FAILED on \S+ in step: labels/);
        });
    }

    it("need no taints", async () => {
        host.standIn("kubectl", nothing);
        assert.equal((await host.run(script("labels", { ...given, TAINTS: "" }))).status, 0);
        assert.equal(changes().length, 2);
    });

    it("take pods away from nodes that their disks have left, and no others", async () => {
        const node = (name: string, ...disks: string[]) => ({
            metadata: { name, labels: Object.fromEntries(disks.map((disk) => [`disk/${disk}`, ""])) },
        });
        const volume = (disk: string) => ({
            spec: {
                claimRef: { namespace: disk, name: "data" },
                nodeAffinity: {
                    required: {
                        nodeSelectorTerms: [{ matchExpressions: [{ key: `disk/${disk}`, operator: "Exists" }] }],
                    },
                },
            },
        });
        const pod = (namespace: string, name: string, nodeName?: string, metadata = {}, claim = "data") => ({
            metadata: { namespace, name, ...metadata },
            spec: { nodeName, volumes: [{ emptyDir: {} }, { persistentVolumeClaim: { claimName: claim } }] },
        });
        const answers = {
            persistentvolumes: [volume("mysql"), volume("logs"), { spec: {} }],
            nodes: [node("node-01", "mysql"), node("node-02", "logs")],
            pods: [
                pod("mysql", "left", "node-02"),
                pod("mysql", "follows", "node-01"),
                pod("mysql", "nowhere"),
                pod("mysql", "of-a-node-that-is-gone", "node-03"),
                pod("mysql", "going", "node-02", { deletionTimestamp: "2026-01-02T03:04:05Z" }),
                pod("mysql", "other-claim", "node-02", {}, "another"),
                pod("logs", "stays", "node-02"),
                { metadata: { namespace: "mysql", name: "without-volumes" }, spec: { nodeName: "node-02" } },
            ],
        };
        for (const [kind, items] of Object.entries(answers)) host.write(`/var/${kind}`, JSON.stringify({ items }));
        host.standIn("kubectl", `[[ $1 != get ]] || cat /var/$2`);
        const { status, stderr } = await host.run(script("labels", given));
        assert.equal(status, 0, stderr);
        assert.deepEqual(changes().slice(4), ["-n mysql delete pod left --wait=false"]);
        assert.match(stderr, /pod mysql\/left has its disk on node-02 no more: it is deleted, to follow it/);
    });

    it("fail where it can't be asked which pods there are", async () => {
        host.standIn("kubectl", `[[ $* != get\\ pods* ]] || exit 1; ${nothing}`);
        const { status, stderr } = await host.run(script("labels", given));
        assert.notEqual(status, 0);
        assert.match(stderr, /FAILED on \S+ in step: pods are where their disks are/);
    });
});

describe("a worker that joins", () => {
    const old = "/run/flannel/subnet.env";
    const ca = "/etc/kubernetes/pki/ca.crt";
    let host: Sandbox;
    const given = { NODE: "node-01", API: "10.20.0.10:6443", CONTROL_PLANE: "10.20.0.10", CONTROL_PLANE_KEY: "key" };
    const run = (CA: string) => host.run(script("join", { ...given, CA, IGNORED: "" }), {}, "private key");

    beforeEach(() => {
        host = new Sandbox();
        host.standIn("ip");
        host.standIn("systemctl");
        host.standIn("kubeadm", `[[ $1 != join ]] || echo joined >/etc/kubernetes/kubelet.conf`);
        host.standIn("ssh", `[[ $* != *token* ]] || echo kubeadm join 10.20.0.10:6443 --token t --hash h`);
        host.write("/etc/test-cluster/join.yaml", "token: @TOKEN@\nca: @CA@\n");
        host.write(old, "FLANNEL_SUBNET=10.244.7.1/24\n");
        const key = host.write("/etc/kubernetes/pki/ca.key", "");
        const made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
        const files = ["-keyout", key, "-out", host.at(ca), "-subj", "/CN=kubernetes"];
        execFileSync("openssl", [...made, ...files], { stdio: "ignore" });
    });
    afterEach(() => host.remove());

    it("leaves nothing of a cluster that is gone: no subnet, from which the next one's bridge would be made", async () => {
        const { status, stderr } = await run("of another");
        assert.equal(status, 0, stderr);
        assert.ok(!host.exists(old));
        assert.deepEqual(
            host.calls("kubeadm").map((call) => call.split(" ")[0]),
            ["reset", "join"],
        );
    });

    it("keeps its network in the cluster that it is in", async () => {
        const der = ["pkey", "-pubin", "-outform", "der"];
        const pem = execFileSync("openssl", ["x509", "-in", host.at(ca), "-pubkey", "-noout"]);
        const sum = createHash("sha256").update(execFileSync("openssl", der, { input: pem }));
        const { status, stderr } = await run(sum.digest("hex"));
        assert.equal(status, 0, stderr);
        assert.ok(host.exists(old));
        assert.ok(!host.calls("kubeadm").some((call) => call.startsWith("reset")));
    });
});

describe("the join key's command", () => {
    let host: Sandbox;
    const ask = (command: string) => host.run(scriptFile("join-token"), { SSH_ORIGINAL_COMMAND: command });

    beforeEach(() => {
        host = new Sandbox();
        host.standIn("kubeadm", "echo kubeadm join 10.20.0.10:6443 --token t");
        host.standIn(
            "kubectl",
            `case "$*" in
            *"get configmap"*) echo node-01 ;;
            *"get lease"*) cat /var/lease ;;
            esac`,
        );
    });
    afterEach(() => host.remove());

    it("mints a token that lives ten minutes", async () => {
        const { status, stdout } = await ask("token node-01");
        assert.equal(status, 0);
        assert.match(stdout, /^kubeadm join /);
        assert.deepEqual(host.calls(), [
            "kubectl -n kube-node-lease get lease node-01 -o jsonpath={.spec.renewTime}",
            "kubeadm token create --ttl 10m --description join of node-01 --print-join-command",
        ]);
    });

    it("forgets the node of that name which a recovered etcd remembers, once it is known to renew its lease no more", async () => {
        const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString().replace("Z", "000Z");
        host.write("/var/lease", ago(38));
        const began = Date.now();
        assert.equal((await ask("token node-01")).status, 0);
        assert.ok(Date.now() - began > 2000, "it did not wait until that was known");
        assert.equal(host.calls("kubectl").at(-1), "delete node node-01 --ignore-not-found");
    });

    it("lets the next host be replaced once this one is Ready", async () => {
        assert.equal((await ask("joined node-01")).status, 0);
        const [wait, , release] = host.calls("kubectl");
        assert.match(wait, /^wait --for=condition=Ready node\/node-01/);
        assert.equal(release, "-n kube-system delete configmap host-replacement");
    });

    it("does not release what another host holds", async () => {
        assert.equal((await ask("joined node-02")).status, 0);
        assert.ok(!host.calls("kubectl").some((call) => call.includes("delete")));
    });

    it("fails while the node isn't Ready, and releases nothing", async () => {
        host.standIn("kubectl", "[[ $1 != wait ]]");
        assert.notEqual((await ask("joined node-01")).status, 0);
        assert.ok(!host.calls("kubectl").some((call) => call.includes("delete")));
    });

    for (const command of [
        "",
        "token",
        "token ;reboot",
        "token node-01 more",
        "token $(reboot)",
        "bash -i",
        "bash node-01",
        "token node-01\nreboot",
        "-x node-01",
    ]) {
        it(`refuses ${JSON.stringify(command)}, or takes no more of it than it may`, async () => {
            const { status } = await ask(command);
            if (command === "token node-01\nreboot") return assert.deepEqual(host.calls("kubeadm").length, 1);
            assert.notEqual(status, 0);
            assert.deepEqual(host.calls(), []);
        });
    }
});
