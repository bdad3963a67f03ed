import * as assert from "node:assert/strict";
import { scriptFile } from "../../../cluster/shell";
import { Sandbox, type Outcome } from "./sandbox";

const leave = scriptFile("operator") + scriptFile("leave");
const controlPlane = "192.0.2.10";

/** A host that leaves: the environment that the script is given. */
function host(name: string, change: Record<string, string> = {}): Record<string, string> {
    return {
        HOST: name,
        HOSTS: "master node-01 node-02",
        INSTANCE: `i-${name}`,
        ROLE: "worker",
        HOST_ADDRESS: `192.0.2.1${name.slice(-1)}`,
        HOST_KEY: "ssh-ed25519 AAAAHOST",
        CONTROL_PLANE: controlPlane,
        CONTROL_PLANE_KEY: "ssh-ed25519 AAAACONTROLPLANE",
        PRIVATE_KEY: "FAKE-PRIVATE-KEY\n",
        ...change,
    };
}

/** A cluster of ConfigMaps in a folder: creating one that is there fails, as it does at the API server. */
const kubectl = `
mkdir -p /var/cluster
all=$*
for word; do [[ $previous == configmap ]] && name=$word; previous=$word; done
case "$*" in
    *"create configmap"*) mkdir "/var/cluster/$name" 2>/dev/null && printf %s "\${all##*host=}" >"/var/cluster/$name/host" ;;
    *"get configmap"*) [[ -e /var/cluster/$name ]] && { cat "/var/cluster/$name/host" 2>/dev/null || true; } ;;
    *" drain "*) [[ ! -e /var/refuse-drain ]] ;;
esac
`;

/** Logs in by running the command here; the address and the command are what is recorded. */
const ssh = `
address= command=
while (($#)); do
    case $1 in
        -i | -o) shift 2; continue ;;
        root@*) address=\${1#root@}; command=$2; break ;;
    esac
    shift
done
[[ ! -e /var/down/$address ]] || exit 255
[[ $command != *instance-id ]] || { [[ ! -e /var/successor/$address ]]; exit; }
export KUBECONFIG=
exec bash --norc -c "$command"
`;

describe("leaving of a host", () => {
    let operator: Sandbox;
    const run = (environment: Record<string, string>): Promise<Outcome> => operator.run(leave, environment);
    const events = (...names: string[]) =>
        operator.calls().filter((call) => names.some((name) => call.startsWith(name) && !call.includes("readyz")));
    const inService = () => operator.write("/var/cluster/in-service/host", "");

    beforeEach(() => {
        operator = new Sandbox();
        operator.standIn("kubectl", kubectl);
        operator.standIn("ssh", ssh);
        operator.standIn("timeout", 'shift; exec "$@"');
        operator.standIn("sleep", "exec /usr/bin/sleep 0.05");
        operator.standIn("release-disks", "", "/usr/local/sbin/release-disks");
    });
    afterEach(() => operator.remove());

    /** How many seconds the script gives all the things that it waits for together, when each takes as long as it may. */
    const patience = () =>
        operator
            .calls("timeout")
            // A limit on the far side is inside the one on this side.
            .filter((call) => call.includes(" ssh "))
            .reduce((sum, call) => sum + Number(call.split(" ")[0]), 0);

    it("drains it, removes its node, and unmounts its disks, in that order", async () => {
        inService();
        const { status, stdout, stderr } = await run(host("node-01"));
        assert.equal(status, 0, stderr);
        const done = events(
            "kubectl --request-timeout=10s drain",
            "kubectl --request-timeout=10s delete",
            "release-disks",
        );
        assert.deepEqual(done, [
            "kubectl --request-timeout=10s drain node-01 --ignore-daemonsets --delete-emptydir-data --force --timeout=120s",
            "kubectl --request-timeout=10s delete node node-01 --ignore-not-found --wait=false",
            "release-disks ",
        ]);
        assert.equal(stdout, "node-01: draining\nnode-01: stopping, disks unmounted\n");
    });

    it("verifies who it talks to, with a key that nobody else can read and that is gone afterwards", async () => {
        operator.standIn(
            "ssh",
            `
            for word; do [[ $previous == -i ]] && key=$word; [[ $word == UserKnownHostsFile=* ]] && known=\${word#*=}; previous=$word; done
            stat=$(ls -l "$key"); printf '%s\\n' "key \${stat%% *} $(cat "$key")" "$(cat "$known")" >>/var/seen
        `,
        );
        operator.standIn("ls", 'exec /usr/bin/ls "$@"');
        operator.write("/var/seen", "");
        await run(host("node-01"));
        const seen = operator.read("/var/seen");
        assert.match(seen, /^key -rw------- FAKE-PRIVATE-KEY$/m);
        assert.match(seen, /^192\.0\.2\.11 ssh-ed25519 AAAAHOST$/m);
        assert.match(seen, /^192\.0\.2\.10 ssh-ed25519 AAAACONTROLPLANE$/m);
        assert.ok(operator.calls("ssh").every((call) => call.includes("StrictHostKeyChecking=yes")));
        assert.ok(!operator.calls().join().includes("FAKE-PRIVATE-KEY"), "the key is on a command line");
        const left = operator.calls("ssh")[0].match(/-i (\S+)\/key/)![1];
        assert.ok(!operator.exists(left.slice(operator.root.length)), "the key is still there");
    });

    it("never fails because nothing answers, says what it skipped, and is bounded", async () => {
        operator.standIn("ssh", "exit 255");
        const { status, stdout } = await run(host("node-01"));
        assert.equal(status, 0);
        assert.equal(
            stdout,
            "node-01: the Kubernetes API does not answer; not drained\nnode-01: does not answer; its disks are taken as they are\n",
        );
        assert.ok(patience() <= 60, `${patience()} s`);
    });

    it("hangs on nothing: whatever it waits for has a limit", async () => {
        inService();
        await run(host("node-01"));
        const bare =
            operator.calls("ssh").length - operator.calls("timeout").filter((call) => / ssh /.test(call)).length;
        assert.equal(bare, 0, "an ssh without a limit");
        assert.ok(patience() <= 600, `${patience()} s`);
    });

    it("leaves its successor alone, which has its address and its identity", async () => {
        operator.write("/var/successor/192.0.2.12", "");
        const { status } = await run(host("node-02"));
        assert.equal(status, 0);
        assert.deepEqual(operator.calls("release-disks"), []);
        assert.ok(!operator.calls("kubectl").some((call) => call.includes("drain")));
        const asked = operator.calls("ssh").find((call) => call.includes("instance-id"));
        assert.match(asked ?? "", /grep -qx i-node-02 \S*\/var\/lib\/cloud\/data\/instance-id$/);
    });

    it("goes on when a pod can't be moved", async () => {
        inService();
        operator.write("/var/refuse-drain", "");
        const { status, stdout } = await run(host("node-01"));
        assert.equal(status, 0);
        assert.match(stdout, /node-01: not drained in time; going on/);
        assert.equal(operator.calls("release-disks").length, 1);
    });

    it("that is dead forgets its pods, which nobody there can end, and drains nothing", async () => {
        operator.write("/var/down/192.0.2.11", "");
        const { status, stdout } = await run(host("node-01"));
        assert.equal(status, 0);
        const changes = operator.calls("kubectl").filter((call) => / (drain|delete) /.test(` ${call} `));
        assert.deepEqual(changes, [
            "--request-timeout=10s delete pods --all-namespaces --field-selector=spec.nodeName=node-01 --force --grace-period=0",
            "--request-timeout=10s delete node node-01 --ignore-not-found --wait=false",
        ]);
        assert.equal(stdout, "node-01: does not answer; its disks are taken as they are\n");
        assert.deepEqual(operator.calls("release-disks"), []);
    });

    it("stops where a disk is still in use, since taking it would tear the data", async () => {
        operator.standIn("release-disks", "exit 3", "/usr/local/sbin/release-disks");
        const { status, stderr } = await run(host("node-01"));
        assert.equal(status, 1);
        assert.match(stderr, /node-01: a data disk could not be unmounted; log in and look/);
    });

    it("of the control plane asks no API, but unmounts", async () => {
        const { status } = await run(host("master", { ROLE: "control-plane", HOST_ADDRESS: controlPlane }));
        assert.equal(status, 0);
        assert.deepEqual(operator.calls("kubectl"), []);
        assert.equal(operator.calls("release-disks").length, 1);
    });

    it("waits for no other host and moves no pod when the whole stack goes", async () => {
        const outcomes = await Promise.all([run(host("node-01")), run(host("node-02"))]);
        assert.deepEqual(
            outcomes.map(({ status }) => status),
            [0, 0],
        );
        assert.ok(!operator.calls("kubectl").some((call) => /create configmap| drain /.test(call)));
        assert.equal(operator.calls("release-disks").length, 2);
    });

    it("waits, in service, until the host before it is replaced", async () => {
        inService();
        const first = await run(host("node-01"));
        assert.equal(first.status, 0, first.stderr);

        const second = run(host("node-02"));
        await waitFor(() => operator.calls("sleep").length >= 3);
        assert.ok(!operator.calls("kubectl").some((call) => call.includes("drain node-02")), "two hosts left at once");

        // What a worker's join does once it is Ready.
        await operator.run("rm -r /var/cluster/host-replacement");
        assert.equal((await second).status, 0);
        assert.ok(operator.calls("kubectl").some((call) => call.includes("drain node-02")));
    });

    it("goes through, in service, when it is run again for the same host", async () => {
        inService();
        await run(host("node-01"));
        assert.equal((await run(host("node-01"))).status, 0);
    });

    it("gives up, in service, naming the host that stands in the way", async () => {
        inService();
        await run(host("node-01"));
        const { status, stderr } = await operator.run(leave.replace("SECONDS + 900", "SECONDS - 1"), host("node-02"));
        assert.equal(status, 1);
        assert.match(stderr, /node-02: node-01 has been leaving for 15 minutes; look at it, then run again/);
        assert.equal(operator.calls("release-disks").length, 1, "its disks were taken all the same");
    });

    it("does not wait, in service, for an API that dies meanwhile", async () => {
        inService();
        await run(host("node-01"));
        const second = run(host("node-02"));
        await waitFor(() => operator.calls("sleep").length >= 2);
        operator.write(`/var/down/${controlPlane}`, "");
        const ended = await Promise.race([second, after(2000)]);
        operator.write("/var/cluster/host-replacement/host", "node-02"); // lets it go in any case
        await operator.run(`rm -r /var/down`);
        await second;
        assert.ok(ended, "still waits, which would last 15 minutes");
    });
});

async function after(milliseconds: number): Promise<undefined> {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function waitFor(condition: () => boolean): Promise<void> {
    for (const start = Date.now(); !condition(); await after(20)) {
        assert.ok(Date.now() - start < 10000, `has not come true in 10 s: ${condition}`);
    }
}
