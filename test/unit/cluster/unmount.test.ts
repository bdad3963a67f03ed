import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import { script, scriptFile } from "../../../cluster/shell";
import { Sandbox } from "./sandbox";

describe("taking a data disk out of use", () => {
    let host: Sandbox;
    const text = script("unmount", { DISK: "mysql" });
    const run = (changed = text) => host.run(changed);
    const pod = (uid: string) => `/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~local-volume/mysql`;

    /** A host of three pods' containers, of which one pod has the disk; what is mounted is a line of a file. */
    beforeEach(() => {
        host = new Sandbox();
        host.write("/var/mounts", ["/var/lib/data/mysql", pod("uid-mysql")].map((place) => `${place}\n`).join(""));
        host.write("/var/tasks", "mysql-sandbox\nmysql-server\nnacos-server\n");
        host.write("/etc/test-cluster/disks/mysql", "serial\n");
        host.standIn("mountpoint", 'grep -qxF "${2#"$OLDPWD"}" <(sed "s|^|$PWD|" /var/mounts)');
        // Like util-linux: the device of a place, and the places of a device.
        host.standIn("findmnt", '[[ $* == *SOURCE* ]] && echo /dev/xvdb || sed "s|^|$PWD|" /var/mounts');
        host.standIn(
            "umount",
            '[[ ! -e /var/busy ]] || exit 1; grep -vxF "${1#"$PWD"}" /var/mounts >/var/left; mv /var/left /var/mounts',
        );
        host.standIn("systemctl");
        host.standIn(
            "ctr",
            `case "$*" in
                *"containers ls"*'=="uid-mysql"') printf '%s\\n' mysql-sandbox mysql-server ;;
                *"tasks ls"*) while read -r task; do echo "$task 1 RUNNING"; done </var/tasks ;;
                *"tasks kill -s SIGTERM mysql-server") [[ ! -e /var/deaf ]] || exit 0 ;;&
                *"tasks kill"*) grep -vxF "\${*: -1}" /var/tasks >/var/left; mv /var/left /var/tasks ;;
            esac`,
        );
    });
    afterEach(() => host.remove());

    // The kubelet's places are on the host too.
    const inside = (changed: string) => changed.replace("s|^/var/lib/kubelet", `s|^${host.root}/var/lib/kubelet`);

    it("ends the containers of the pods that have it, and no others, and unmounts it, the kubelet aside", async () => {
        const { status, stderr } = await run(inside(text));
        assert.equal(status, 0, stderr);
        assert.equal(host.read("/var/tasks"), "nacos-server\n");
        assert.equal(host.read("/var/mounts"), "");
        assert.ok(!host.exists("/etc/test-cluster/disks/mysql"), "the next boot waits for it");
        const order = host.calls().filter((call) => /^(systemctl|umount|ctr .*kill)/.test(call));
        assert.deepEqual(order, [
            "systemctl stop kubelet",
            "ctr -n k8s.io tasks kill -s SIGTERM mysql-sandbox",
            "ctr -n k8s.io tasks kill -s SIGTERM mysql-server",
            `umount ${host.at(pod("uid-mysql"))}`,
            `umount ${host.at("/var/lib/data/mysql")}`,
            "systemctl start kubelet",
        ]);
    });

    it("kills what does not end when it is asked to", async () => {
        host.write("/var/deaf", "");
        const { status, stderr } = await run(inside(text).replace("{1..60}", "1"));
        assert.equal(status, 0, stderr);
        assert.ok(host.calls("ctr").includes("-n k8s.io tasks kill -s SIGKILL mysql-server"));
        assert.equal(host.read("/var/tasks"), "nacos-server\n");
    });

    it("stops Kafka when the disk is Kafka's", async () => {
        host.write("/opt/kafka/.env", "KAFKA_DISK=mysql\n");
        await run();
        assert.ok(host.calls("systemctl").includes("stop kafka"));
        host.write("/var/mounts", "/var/lib/data/mysql\n");
        host.write("/opt/kafka/.env", "KAFKA_DISK=mysql-2\n");
        await run();
        assert.equal(host.calls("systemctl").filter((call) => call === "stop kafka").length, 1);
    });

    it("does nothing where it is not mounted", async () => {
        fs.writeFileSync(host.at("/var/mounts"), "");
        const { status, stderr } = await run();
        assert.equal(status, 0, stderr);
        assert.deepEqual(host.calls("systemctl"), []);
    });

    it("fails when it stays in use, and lets the pods start again", async () => {
        host.write("/var/busy", "");
        const { status, stderr } = await run(inside(text).replace("retry 20 ", "retry 0 "));
        assert.equal(status, 1);
        assert.match(stderr, /disk mysql is still in use on this host/);
        assert.equal(host.calls("systemctl").at(-1), "start kubelet");
        assert.ok(host.exists("/etc/test-cluster/disks/mysql"));
    });
});

describe("releasing a data disk from the operator's machine", () => {
    let operator: Sandbox;
    const run = () =>
        operator.run(scriptFile("operator") + scriptFile("release"), {
            DISK: "mysql",
            HOST: "node-02",
            INSTANCE: "i-node-02",
            UNMOUNT: `echo unmounting; exit $(<${operator.at("/var/result")})`,
            HOST_ADDRESS: "192.0.2.12",
            HOST_KEY: "ssh-ed25519 AAAAHOST",
            CONTROL_PLANE: "192.0.2.10",
            CONTROL_PLANE_KEY: "ssh-ed25519 AAAACONTROLPLANE",
            PRIVATE_KEY: "FAKE-PRIVATE-KEY\n",
        });

    beforeEach(() => {
        operator = new Sandbox();
        operator.write("/var/lib/cloud/data/instance-id", "i-node-02\n");
        operator.write("/var/result", "0");
        operator.standIn("timeout", 'shift; exec "$@"');
        operator.standIn("ssh", '[[ ! -e /var/down ]] || exit 255; exec bash --norc -c "${*: -1}"');
    });
    afterEach(() => operator.remove());

    it("runs the script on the host", async () => {
        const { status, stdout, stderr } = await run();
        assert.deepEqual([status, stdout], [0, "unmounting\n"], stderr);
    });

    it("passes over a host that is not there, or is another by now", async () => {
        operator.write("/var/lib/cloud/data/instance-id", "i-successor\n");
        assert.match((await run()).stdout, /^mysql: node-02 does not answer; the disk is taken as it is$/m);
        operator.write("/var/down", "");
        const { status, stdout } = await run();
        assert.deepEqual([status, /unmounting/.test(stdout)], [0, false]);
    });

    it("fails when the disk is in use: nothing is pulled out from under a database", async () => {
        operator.write("/var/result", "1");
        const { status, stderr } = await run();
        assert.equal(status, 1, stderr);
        assert.doesNotMatch(stderr, /No such file/);
        assert.match(stderr, /mysql: it could not be unmounted on node-02; log in and look/);
    });
});
