import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { Sandbox } from "../cluster/sandbox";

const settle = fs.readFileSync(path.join(__dirname, "../../../operations/backup/etcd-settle.sh"), "utf8");

/** A cluster of one node that is well. Who looks at the network's pods finds none the first time, and one from then on. */
const kubectl = `
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
case "$*" in
*"config view"*) echo https://10.0.0.10:6443 ;;
*"get lease"*) echo "$now" ;;
*"get node master"*) echo "True $now" ;;
*"get nodes"*) echo master ;;
*"get endpointslices"*) echo 10.0.0.10 ;;
"get daemonsets --all"* | "get deployments --all"*) cat "/data/$2.json" ;;
*"get pods -l app=network"*) if [[ -e /data/looked ]]; then cat /data/pods.json; else touch /data/looked; echo '{"items": []}'; fi ;;
*"get pods"*) cat /data/pods.json ;;
*"get deployments,"*) echo '{"items": []}' ;;
esac`;

const workload = (name: string, own: object) => ({
    metadata: { namespace: "kube-system", name },
    spec: {
        selector: { matchLabels: { app: name } },
        template: { spec: { serviceAccountName: name } },
        ...("replicas" in own && own),
    },
    status: own,
});

describe("the cluster after etcd was restored", () => {
    let host: Sandbox;
    const put = (name: string, items: object[]) => host.write(`/data/${name}.json`, JSON.stringify({ items }));

    beforeEach(() => {
        host = new Sandbox();
        host.standIn("kubectl", kubectl);
        fs.mkdirSync(host.at("/run"), { recursive: true });
        put("daemonsets", [workload("network", { desiredNumberScheduled: 1 })]);
        put("deployments", [workload("names", { replicas: 1 })]);
        const conditions = [{ type: "Ready", status: "True" }];
        put("pods", [
            { metadata: { creationTimestamp: "2038-01-01T00:00:00Z" }, status: { phase: "Running", conditions } },
        ]);
    });
    afterEach(() => host.remove());

    it("has what needs the network start again when the network's pods are there, not when the old ones have gone", async () => {
        const { status, stdout, stderr } = await host.run(
            `NODES=master\nSINCE=${Math.floor(Date.now() / 1000) - 60}\n${settle}`,
        );
        assert.equal(status, 0, stderr);
        assert.match(stdout, /^started again: names network$/m);
        const calls = host.calls("kubectl");
        const looks = calls.filter((call) => call.includes("app=network -o json"));
        assert.equal(looks.length, 2);
        assert.ok(calls.indexOf("-n kube-system rollout restart deployment/names") > calls.lastIndexOf(looks[1]));
    });
});
