import * as assert from "node:assert/strict";
import { allOn } from "../sample";
import { matchSnapshot } from "../snapshot";
import { certificateHash } from "./cloud";
import { all, one, run, type Deployment, type Registered } from "./engine";

describe("the stack's Kubernetes", () => {
    let deployment: Deployment;
    let objects: Registered[];
    const steps = () => all(deployment, "Command").filter(({ type }) => type.startsWith("command:remote:"));
    const step = (name: string) => one(deployment, "Command", name);

    before(async () => {
        deployment = await run();
        objects = deployment.resources.filter(({ type }) => type.startsWith("kubernetes:"));
    });

    it("holds objects that all go through the stack's own provider", () => {
        const provider = one(deployment, "kubernetes", "kubernetes");
        assert.ok(objects.length > 15);
        assert.deepEqual(
            objects.filter((object) => object.provider !== `${provider.urn}::id-of-kubernetes`).map(({ name }) => name),
            [],
        );
    });

    it("has a provider for a cluster that is still the same while its kubeconfig is unknown, and that may be dead", () => {
        const { inputs, plain } = one(deployment, "kubernetes", "kubernetes");
        // Known in every preview, and another one only when the control plane's host is.
        assert.match(inputs.clusterIdentifier, /^test-cluster-dev-[0-9a-f]{12}$/);
        assert.equal(inputs.deleteUnreachable, "true");
        assert.equal(inputs.enableServerSideApply, "true");
        assert.equal(plain.kubeconfig, "[secret]");
    });

    it("has objects with names of their own, so that a rebuilt cluster has the same", () => {
        assert.deepEqual(
            objects.filter(({ inputs }) => !inputs.metadata.name).map(({ name }) => name),
            [],
        );
    });

    it("has the last word on every object that it declares", () => {
        for (const { name, inputs } of objects) {
            assert.equal(inputs.metadata.annotations["pulumi.com/patchForce"], "true", name);
        }
    });

    it("has objects that go with their cluster, which may be dead, and are not deleted one by one then", () => {
        const { urn } = one(deployment, "kubernetes", "kubernetes");
        for (const { name, deletedWith } of objects) assert.equal(deletedWith, urn, name);
    });

    it("marks the cluster as in service by no object of its own: that goes first, and alone", () => {
        const mark = step("in-service");
        assert.match(mark.inputs.create, /create configmap in-service/);
        assert.match(mark.inputs.delete, /delete configmap in-service --ignore-not-found.* \|\| true$/m);
        assert.deepEqual(mark.inputs.triggers, ["id-of-master"]);
    });

    it("pins every image to a version", () => {
        const images = [...JSON.stringify(objects.map(({ inputs }) => inputs)).matchAll(/"image":"([^"]+)"/g)];
        assert.ok(images.length >= 4);
        for (const [, image] of images) assert.match(image, /^[a-z0-9.]+\.[a-z]+\/.+:v?\d+\.\d+/);
    });

    for (const name of [
        "control-plane",
        "node-01-join",
        "mount-mysql",
        "node-labels",
        "system-ready",
        "master-prepared",
    ]) {
        it(`runs the recorded step ${name}`, () => matchSnapshot(`step.${name}`, step(name).inputs.create));
    }

    it("joins both workers with the CA's hash and a key that is good for a token only", () => {
        for (const name of ["node-01-join", "node-02-join"]) {
            const { inputs, plain } = step(name);
            assert.match(inputs.create, new RegExp(`^CA=${certificateHash}$`, "m"));
            assert.match(inputs.stdin, /SECRET-join\n/);
            assert.equal(plain.stdin, "[secret]");
            assert.equal(plain.create, inputs.create, "a preview would not show what runs");
        }
        assert.ok(!step("node-01-join").dependencies.includes(step("node-02-join").urn), "one after the other");
    });

    it("has the images that make a worker Ready fetched while the control plane is made", () => {
        const { inputs, dependencies } = step("node-01-images");
        const { spec } = one(deployment, "DaemonSet", "kube-flannel-ds").inputs.spec.template;
        const [, fetched] = /^IMAGES='(.*)'$/m.exec(inputs.create)!;
        for (const { image } of [...spec.initContainers, ...spec.containers])
            assert.ok(fetched.split(" ").includes(image), image);
        assert.ok(dependencies.includes(step("node-01-prepared").urn));
        assert.ok(!dependencies.includes(step("control-plane").urn), "they would come when it waits for them");
        assert.ok(step("node-01-join").dependencies.includes(step("node-01-images").urn));
    });

    it("verifies the identity of the host on every connection", () => {
        assert.ok(steps().length >= 9);
        for (const { name, inputs } of steps()) {
            assert.match(inputs.connection.hostKey, /^ssh-ed25519 AAAAPUBLIC(master|node-0[12])-identity$/, name);
            assert.equal(inputs.connection.password, undefined);
            assert.equal(inputs.connection.privateKey.includes("SECRET-operator"), true);
        }
    });

    it("runs a step again for another host or another text, never for another way to it", () => {
        for (const { name, inputs } of all(deployment, "Command")) {
            const triggers = JSON.stringify(inputs.triggers ?? []);
            assert.doesNotMatch(triggers, /\d+\.\d+\.\d+\.\d+|ssh-ed25519|SECRET/, name);
        }
        const host: Record<string, string> = {
            "192.0.2.10": "master",
            "192.0.2.11": "node-01",
            "192.0.2.12": "node-02",
        };
        for (const { name, inputs } of steps()) {
            assert.equal(inputs.triggers[0], `id-of-${host[inputs.connection.host]}`, name);
        }
    });

    it("tells joined kubelets when their settings change, and only then", async () => {
        const triggers = (of: Deployment) => one(of, "Command", "node-01-join").inputs.triggers;
        const kubernetes = { evictionSoft: { "memory.available": "500Mi" } };
        assert.notDeepEqual(
            triggers(await run({ change: { "test-cluster:kubernetes": kubernetes } })),
            triggers(deployment),
        );
        assert.deepEqual(
            triggers(await run({ change: { "test-cluster:mysql": { memory: "1280Mi" } } })),
            triggers(deployment),
        );
    });

    it("replaces steps by forgetting the old one first", () => {
        for (const { name, deleteBeforeReplace } of steps()) assert.equal(deleteBeforeReplace, true, name);
    });

    it("lets a host go only after it was drained, and does that while it is still there", () => {
        for (const name of ["master", "node-01", "node-02"]) {
            const leave = one(deployment, "Command", `${name}-leave`);
            const instance = one(deployment, "Instance", name);
            assert.ok(leave.dependencies.includes(instance.urn), "the host would go first");
            assert.deepEqual(leave.inputs.triggers, [`id-of-${name}`]);
            assert.equal(leave.inputs.create, "true");
            assert.match(leave.inputs.delete, /drain/);
            assert.equal(leave.deleteBeforeReplace, true);
        }
        const leave = one(deployment, "Command", "node-02-leave");
        assert.ok(
            leave.dependencies.includes(step("mount-mysql").urn),
            "its disk would be detached before it is unmounted",
        );
    });

    it("labels and taints as configured", async () => {
        const [master, ...others] = [
            { name: "master", role: "control-plane", instanceType: "ecs.c6.large", workloads: false },
            { name: "node-02", role: "worker", instanceType: "ecs.c6.xlarge" },
        ];
        const reserved = await run({ change: { "test-cluster:hosts": [master, ...others], ...allOn("node-02") } });
        assert.match(
            one(reserved, "Command", "node-labels").inputs.create,
            /^TAINTS='master node-role\.kubernetes\.io\/control-plane:NoSchedule'$/m,
        );
        assert.match(step("node-labels").inputs.create, /^TAINTS='master node-role\.kubernetes\.io\/control-plane-'$/m);
    });

    it("is finished when every node and the system's pods are Ready, and in service only then", () => {
        const ready = step("system-ready");
        assert.match(ready.inputs.create, /^NODES='master node-01 node-02'$/m);
        for (const [kind, name] of [
            ["DaemonSet", "kube-flannel-ds"],
            ["Deployment", "metrics-server"],
            ["Command", "node-labels"],
        ]) {
            assert.ok(ready.dependencies.includes(one(deployment, kind, name).urn), name);
        }
        const inService = step("in-service");
        assert.ok(inService.dependencies.includes(ready.urn));
        const applications = step("applications-ready");
        assert.match(applications.inputs.create, /^NAMESPACES='mysql nacos logging'$/m);
        assert.ok(applications.dependencies.includes(one(deployment, "StatefulSet", "mysql").urn));
        assert.ok(inService.dependencies.includes(applications.urn));
    });

    it("awaits nothing that needs a worker before the workers join", () => {
        for (const [kind, name] of [
            ["DaemonSet", "kube-flannel-ds"],
            ["Deployment", "metrics-server"],
        ]) {
            const { inputs } = one(deployment, kind, name);
            assert.equal(inputs.metadata.annotations["pulumi.com/skipAwait"], "true", name);
        }
    });
});

describe("a preview of the stack", () => {
    it("works without a cluster and without a host, and names the same resources", async () => {
        const names = ({ resources }: Deployment) => resources.map(({ type, name }) => `${type} ${name}`).sort();
        const preview = await run({ preview: true });
        assert.equal(preview.error, undefined);
        assert.deepEqual(names(preview), names(await run()));
    });

    it("of the rehearsal region is one of the same program", async () => {
        const kinds = ({ resources }: Deployment) =>
            resources
                .map(({ type, name }) => `${type} ${name.replace(/local/, "dev")}`.replace(/\d+\.\d+\.\d+\.\d+/, ""))
                .sort();
        // But for the passwords that its Elasticsearch can't ask for, and its bucket.
        const change = { "test-cluster:elk": undefined, "test-cluster:backup": undefined };
        const local = await run({ stack: "local", preview: true, change });
        assert.deepEqual(kinds(local), kinds(await run({ preview: true })));
    });
});
