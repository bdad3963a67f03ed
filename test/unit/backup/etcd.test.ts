import * as assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { etcd } from "../../../operations/backup/etcd";
import type { Context, Manifest } from "../../../operations/backup/kind";
import type { Said, Shell } from "../../../operations/status/ssh";
import { lastWords } from "../../../operations/status/ssh";
import type { Stack } from "../../../operations/status/stack";
import { Sandbox } from "../cluster/sandbox";

const folder = "/var/lib/data/backup/etcd";
const authority = "0123456789ab";
const restored = (of: string) => `restored into a scratch folder: revision 12, 34 entries; authority ${of}`;

/** Hosts that really run what they are told, each in a folder of its own. */
class Hosts implements Shell {
    readonly master = new Sandbox();
    readonly store = new Sandbox();

    constructor() {
        for (const host of [this.master, this.store]) {
            fs.mkdirSync(host.at("/run"));
            host.standIn("mountpoint");
            host.standIn("systemctl");
        }
        // The authority by which the cluster is known, whatever the certificate is.
        this.master.standIn("openssl");
        this.master.standIn("sha256sum", `echo ${authority}cdef`);
        fs.mkdirSync(this.store.at(folder), { recursive: true });
        this.store.standIn("etcd-store", "", "/usr/local/sbin/etcd-store");
        this.says("the backup ends at revision 12, with 34 entries, of Kubernetes v1.36.3\netcd is at revision 99");
    }

    /** What the control plane says of a backup that it has opened. */
    says(found: string, status = 0): void {
        const place = "/usr/local/sbin/etcd-restore";
        const body = `printf '%s\\n' "==> master: the backup can be opened" >&2\n${status ? `echo '${found}' >&2; echo 'FAILED on master in step: x (exit status 1)' >&2` : `echo '${found}'`}\nexit ${status}`;
        this.master.standIn("etcd-restore", body, place);
    }

    /** A unit runs its program, and has what it says in its log. */
    runsUnits(): void {
        const log = "/var/lib/test-cluster/etcd-restore/log";
        this.master.write(log, "");
        this.master.standIn("systemd-run", `"\${@: -3}" >${log} 2>&1`);
        const says = `[[ $1 == check ]] || echo "etcd: was at revision 99, is at 1000000099 now"`;
        this.master.standIn("etcd-restore", says, "/usr/local/sbin/etcd-restore");
    }

    /** Two hosts of the stack and one of former times, two workloads that speak to the API and one that does not. */
    hasCluster(): void {
        const workload = (kind: string, namespace: string, name: string, account?: string) => ({
            kind,
            metadata: { namespace, name, generation: 1 },
            spec: {
                replicas: 1,
                selector: { matchLabels: { app: name, tier: "node" } },
                template: { spec: { serviceAccountName: account } },
            },
            status: { readyReplicas: 1, observedGeneration: 1 },
        });
        const items = [
            workload("DaemonSet", "kube-system", "kube-proxy", "kube-proxy"),
            workload("Deployment", "logging", "watermarks", "watermarks"),
            workload("Deployment", "nacos", "nacos", "default"),
        ];
        const listed = (kind: string) => JSON.stringify({ items: items.filter((item) => item.kind === kind) });
        const ready = JSON.stringify({ conditions: [{ type: "Ready", status: "True" }] });
        const ended = `{"metadata": {"creationTimestamp": "2026-05-04T00:00:00Z"}, "status": {"phase": "Succeeded"}}`;
        const answers = `case "$*" in
            "config view"*) echo https://10.20.0.10:6443 ;;
            *"get lease"*) date -u +%FT%T.999999Z ;;
            "get node "*) echo "True $(date -u +%FT%TZ)" ;;
            "get nodes"*) echo "master node-02 gone" ;;
            *endpointslices*) echo 10.20.0.10 ;;
            *"get pods"*)
                # At the first look the pod of before is still there.
                made=$([[ -e /run/looked ]] && date -u +%FT%TZ || echo 2026-05-04T00:00:00Z)
                >/run/looked
                echo '{"items": [${ended}, {"metadata": {"creationTimestamp": "'$made'"}, "status": ${ready}}]}' ;;
            "get daemonsets"*) echo '${listed("DaemonSet")}' ;;
            "get deployments --"*) echo '${listed("Deployment")}' ;;
            "get deployments,"*) echo '${JSON.stringify({ items })}' ;;
            esac`;
        this.master.standIn("kubectl", answers);
    }

    async run(host: string, script: string): Promise<Said> {
        const { status, stdout, stderr } = await (host === "master" ? this.master : this.store).run(script);
        return { stdout, ...(status !== 0 && { failure: lastWords(stderr) || `status ${status}` }) };
    }

    connect(): never {
        throw new Error("no connection is needed");
    }

    /** Keeps a backup that was made at an hour of a day. */
    keeps(hour: string, fields: Partial<Manifest> = {}): Manifest {
        const name = `etcd-20260504T${hour}0000Z`;
        const body = `sealed at ${hour}`;
        const sha256 = createHash("sha256").update(body).digest("hex");
        const at = `2026-05-04T${hour}:00:00Z`;
        const why = "schedule";
        const own = { name, kind: "etcd", stack: "test", at, bytes: body.length, sha256, seconds: 1, why };
        const manifest = { ...own, verified: restored(authority), ...fields };
        this.store.write(`${folder}/${name}.sealed`, body);
        this.store.write(`${folder}/${name}.json`, `${JSON.stringify(manifest)}\n`);
        return manifest;
    }

    remove(): void {
        this.master.remove();
        this.store.remove();
    }
}

describe("etcd's backups, for the commands", () => {
    let hosts: Hosts;
    const context = (): Context => {
        const backup = { host: "node-02", folder: "/var/lib/data/backup", everyMinutes: 15 };
        const access = { hosts: [{ name: "master" }, { name: "node-02" }] };
        const stack = { name: "test", controlPlane: "master", backup, access } as unknown as Stack;
        const { signal } = new AbortController();
        return { stack, shell: hosts, api: undefined as never, say: () => undefined, signal };
    };
    const refused = (backup: string | undefined, why: RegExp) => assert.rejects(etcd.plan(context(), { backup }), why);

    beforeEach(() => {
        hosts = new Hosts();
    });
    afterEach(() => hosts.remove());

    it("are listed with the newest first, also where there are none", async () => {
        assert.deepEqual(await etcd.list(context()), []);
        const [older, newer] = [hosts.keeps("01"), hosts.keeps("02")];
        assert.deepEqual(await etcd.list(context()), [newer, older]);
        hosts.store.standIn("mountpoint", "exit 1");
        await assert.rejects(etcd.list(context()), /^Error: the disk of backups is not mounted/);
    });

    it("are planned with the newest where none is named, and with what a restore means", async () => {
        const [, newer] = [hosts.keeps("01"), hosts.keeps("02")];
        const plan = (await etcd.plan(context(), {})).join("\n");
        assert.match(plan, new RegExp(`^etcd of master goes back to ${newer.name}:\nthe backup ends at revision 12`));
        assert.match(plan, /etcd is at revision 99/);
        assert.match(plan, /What was deleted since comes back/);
        assert.deepEqual(hosts.store.calls("etcd-store"), [`give ${newer.name}`]);
        assert.deepEqual(hosts.master.calls("etcd-restore"), [`check ${newer.name}`]);
    });

    it("are refused when damaged, cut off, foreign or gone, with the newest good one named", async () => {
        const [good, damaged, cut] = ["01", "02", "03"].map((hour) => hosts.keeps(hour));
        const instead = `; the newest good one is ${good.name}$`;
        hosts.store.write(`${folder}/${damaged.name}.sealed`, "sealed at XX");
        hosts.store.write(`${folder}/${cut.name}.sealed`, "sealed");
        const { name: stranger } = hosts.keeps("04", { stack: "other" });
        const { name: former } = hosts.keeps("05", { verified: restored("ffffffffffff") });
        await refused(damaged.name, new RegExp(`${damaged.name}: it is damaged.*${instead}`));
        await refused(cut.name, new RegExp(`${cut.name}: it is damaged: 6 bytes that are not the 12 .*${instead}`));
        await refused(stranger, new RegExp(`it is of stack other, and this is stack test${instead}`));
        await refused(former, new RegExp(`it is of another cluster.*${instead}`));
        await refused("etcd-20260101T000000Z", new RegExp(`there is no such backup${instead}`));
        await refused("yesterday; reboot", /no name of a backup of etcd/);
        assert.deepEqual(hosts.store.calls("etcd-store"), [], "one was sent to be restored");
        await etcd.plan(context(), {});
        assert.deepEqual(hosts.store.calls("etcd-store"), [`give ${good.name}`]);
        fs.rmSync(hosts.store.at(`${folder}/${good.name}.json`));
        await refused(undefined, /there is no good backup of etcd in /);
    });

    it("say why the control plane could not open one, and not in which step", async () => {
        hosts.keeps("01");
        hosts.says("the backup is damaged inside", 1);
        await refused(undefined, /^Error: master: the backup is damaged inside$/);
    });

    it("are restored by a unit of systemd, then every kubelet and what watches the API is started again", async () => {
        const { name } = hosts.keeps("01");
        hosts.runsUnits();
        hosts.hasCluster();
        const proof = await etcd.restore(context(), { backup: name });
        // The restore opens it itself before it touches anything.
        assert.deepEqual(hosts.master.calls("etcd-restore"), [`restore ${name}`]);
        assert.match(hosts.master.calls("systemd-run")[0], /--wait .*--unit=etcd-restore /);
        for (const host of [hosts.master, hosts.store]) {
            assert.deepEqual(host.calls("systemctl"), ["restart kubelet"]);
        }
        const calls = hosts.master.calls("kubectl");
        assert.deepEqual(
            calls.filter((call) => / delete | rollout /.test(call)),
            [
                "-n kube-system delete pods -l app=kube-proxy,tier=node --wait=false",
                "-n logging rollout restart deployment/watermarks",
            ],
        );
        const looks = calls.filter((call) => call.includes("get pods -l app=kube-proxy"));
        assert.equal(looks.length, 2, "the old pod was taken for the new one");
        assert.deepEqual(proof, [
            "etcd: was at revision 99, is at 1000000099 now",
            "nodes: master node-02 are Ready, and have renewed their leases since",
            "nodes: gone is a host of former times; kubectl delete node gone",
            "endpoints: kubernetes.default is 10.20.0.10",
            "started again: kube-proxy watermarks",
            "workloads: all are ready",
        ]);
    });

    it("that can't be restored leave everything else as it is, and say why and where more is", async () => {
        const { name } = hosts.keeps("01");
        hosts.runsUnits();
        hosts.hasCluster();
        hosts.master.standIn(
            "etcd-restore",
            `[[ $1 == check ]] && exit\necho "==> etcd is healthy"; echo "etcd is not healthy"; echo "nothing was restored"; exit 1`,
            "/usr/local/sbin/etcd-restore",
        );
        await assert.rejects(
            etcd.restore(context(), { backup: name }),
            /^Error: etcd is not healthy\nnothing was restored\nAll of it: master:.*\/log$/,
        );
        assert.deepEqual([...hosts.master.calls("systemctl"), ...hosts.master.calls("kubectl")], []);
    });
});
