import { strict as assert } from "node:assert";
import { clusterIdentifier } from "../../../cluster/kubernetes";
import { stackConfig } from "../../sample";

describe("the cluster's identifier", () => {
    const of = (change: Record<string, unknown> = {}) => {
        const config = stackConfig("dev", change);
        return clusterIdentifier(config, config.hosts[0]);
    };

    it("stays when nothing changes that the control plane boots from", () => {
        assert.equal(of({ mysql: { memory: "2Gi" } }), of());
        assert.equal(of({ kubernetes: { maxLogSize: "30Mi" } }), of());
        assert.equal(of({ access: { cidrs: ["192.0.2.0/24"] } }), of());
    });

    it("is another one when its host will be replaced", () => {
        assert.notEqual(of({ kubernetes: { version: "1.36.4" } }), of());
        assert.notEqual(of({ mirrors: {} }), of());
        assert.notEqual(of({ network: { pods: "10.248.0.0/16" } }), of());
        assert.notEqual(of({ zone: "cn-hangzhou-j" }), of());
    });
});
