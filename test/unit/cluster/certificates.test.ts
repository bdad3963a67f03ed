import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { renewalFiles } from "../../../cluster/certificates/certificates";
import { Sandbox } from "./sandbox";

const pki = "/etc/kubernetes/pki";
const served = ["apiserver", "apiserver-etcd-client", "front-proxy-client", "etcd/server"];
const pods = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];

describe("the renewal of the control plane's certificates", () => {
    let host: Sandbox;
    const program = renewalFiles()["/usr/local/sbin/renew-certificates"];
    const run = () => host.run(program);
    const certificate = (file: string, days: number) => {
        host.write(file, "");
        const [key, request] = [host.at("/etc/key"), host.at("/etc/request")];
        if (!fs.existsSync(request)) {
            const args = ["req", "-new", "-newkey", "ed25519", "-nodes", "-subj", "/CN=test", "-keyout", key];
            execFileSync("openssl", [...args, "-out", request], { stdio: "ignore" });
        }
        // Of no days, it ends in the second in which it is made.
        const args = ["x509", "-req", "-in", request, "-signkey", key, "-days", String(days), "-out", host.at(file)];
        execFileSync("openssl", args, { stdio: "ignore" });
    };
    const kubeconfig = (file: string, days: number) => {
        certificate("/etc/client", days);
        const data = Buffer.from(host.read("/etc/client")).toString("base64");
        host.write(file, `users:\n- name: u\n  user:\n    client-certificate-data: ${data}\n`);
    };
    /** What was done, in order, of what changes anything. */
    const done = () => host.calls().filter((call) => /^kubeadm|^systemctl|tasks kill|^kubectl/.test(call));

    beforeEach(() => {
        host = new Sandbox();
        // The authorities are not what it renews.
        for (const name of ["ca", "front-proxy-ca", "etcd/ca"]) certificate(`${pki}/${name}.crt`, 5);
        for (const name of served) certificate(`${pki}/${name}.crt`, 200);
        for (const name of ["admin", "controller-manager", "scheduler"]) {
            kubeconfig(`/etc/kubernetes/${name}.conf`, 200);
        }
        certificate("/var/lib/kubelet/pki/kubelet-client-current.pem", 200);
        host.write("/var/lib/test-cluster/prepared", "");
        host.write("/run/tasks", pods.map((pod) => `${pod}-1 100 RUNNING\n`).join(""));
        // A container that ends is followed by another, as the kubelet has it.
        host.standIn(
            "ctr",
            `case "$*" in
            *"tasks ls") cat /run/tasks ;;
            *"containers ls"*) name=\${*: -1}; name=\${name##*==}; sed -n "s/^\\($name-[0-9]*\\) .*/\\1/p" /run/tasks ;;
            *"tasks kill"*) id=\${*: -1}; sed -i "s/^$id .*/$id 100 STOPPED\\n\${id%-*}-2 200 RUNNING/" /run/tasks ;;
            esac`,
        );
        host.standIn("hostname", "echo master");
        host.standIn("systemctl");
        host.standIn("kubectl");
        host.standIn("kubeadm", `[[ $1 != kubeconfig ]] || echo "kubeconfig of the kubelet"`);
    });
    afterEach(() => host.remove());

    const renewed = [
        `kubeadm certs renew all --config CONFIG`,
        "systemctl restart kubelet",
        "ctr -n k8s.io tasks kill --signal SIGKILL kube-apiserver-1",
        "ctr -n k8s.io tasks kill --signal SIGKILL etcd-1",
        "kubectl get --raw /readyz",
        "ctr -n k8s.io tasks kill --signal SIGTERM kube-controller-manager-1",
        "ctr -n k8s.io tasks kill --signal SIGTERM kube-scheduler-1",
    ];
    const expected = () => renewed.map((line) => line.replace("CONFIG", host.at("/etc/test-cluster/kubeadm.yaml")));

    it("touches nothing while all have more than a month, and says until when they are valid", async () => {
        const { status, stdout, stderr } = await run();
        assert.equal(status, 0, stderr);
        assert.deepEqual(done(), []);
        assert.match(stdout, /^no certificate of the control plane ends within 30 days; .*notAfter=/);
    });

    it("renews them in time, and has what uses them start again, etcd never beside an API server that waits for it", async () => {
        certificate(`${pki}/etcd/server.crt`, 29);
        const { status, stdout, stderr } = await run();
        assert.equal(status, 0, stderr);
        assert.deepEqual(done(), expected());
        assert.match(stderr, /certificates are renewed: \S+\/etcd\/server\.crt/);
        assert.match(stdout, /^renewed; /);
    });

    it("renews them also when they have ended, or only a kubeconfig's does", async () => {
        kubeconfig("/etc/kubernetes/scheduler.conf", 0);
        // What failed for long does not run; a kubelet that starts again has it run at once.
        host.write("/run/tasks", host.read("/run/tasks").replace("kube-scheduler-1 100 RUNNING\n", ""));
        host.standIn("systemctl", "echo kube-scheduler-1 200 RUNNING >>/run/tasks");
        const { status, stderr } = await run();
        assert.equal(status, 0, stderr);
        assert.match(stderr, /certificates are renewed: \S+\/scheduler\.conf/);
        assert.equal(host.calls("kubeadm").length, 1);
        assert.match(host.read("/run/tasks"), /^kube-scheduler-\d 200 RUNNING$/m);
    });

    it("gives the kubelet one where its own has ended, since it starts no pod without", async () => {
        certificate(`${pki}/apiserver.crt`, 0);
        certificate("/var/lib/kubelet/pki/kubelet-client-current.pem", 0);
        const { status, stderr } = await run();
        assert.equal(status, 0, stderr);
        assert.equal(host.read("/etc/kubernetes/kubelet.conf"), "kubeconfig of the kubelet\n");
        assert.equal(host.exists("/var/lib/kubelet/pki/kubelet-client-current.pem"), false);
        assert.match(host.calls("kubeadm")[1], /--org system:nodes --client-name system:node:master$/);
    });

    it("goes on with the restarts that a run which failed has left, though nothing ends any more", async () => {
        certificate(`${pki}/apiserver.crt`, 1);
        host.standIn("systemctl", "exit 1");
        assert.equal((await run()).status, 1);
        certificate(`${pki}/apiserver.crt`, 365);
        host.standIn("systemctl");
        assert.equal((await run()).status, 0);
        assert.ok(done().includes("ctr -n k8s.io tasks kill --signal SIGTERM kube-scheduler-1"));
        const before = host.calls().length;
        assert.equal((await run()).status, 0);
        assert.ok(
            !host
                .calls()
                .slice(before)
                .some((call) => call.startsWith("kubeadm")),
        );
    });
});
