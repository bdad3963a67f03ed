import assert from "node:assert/strict";
import { suiteStack } from "./cloudStack";

describe("the program, with a cloud and no cluster", function () {
    this.timeout("5m");
    this.slow(1);

    const stack = suiteStack();
    const { region } = stack;

    it("is previewed", async () => {
        const { code, output, changes, mutating } = await stack.runProgram("local", "preview");
        assert.equal(code, 0, output);
        assert.deepEqual(mutating, []);
        for (const each of ["create master", "create node-01", "create node-02", "create mysql"]) {
            assert.ok(changes.includes(each), `${each} is missing from ${changes.join()}`);
        }
    });

    it("is previewed as the dev stack", async () => {
        const { code, output, changes, mutating } = await stack.runProgram("dev", "preview");
        assert.equal(code, 0, output);
        assert.deepEqual(mutating, []);
        assert.ok(changes.includes("create master"), changes.join());
    });

    it("names what there is before it touches anything: a type sold out, an image that matches nothing", async () => {
        await region.control("POST", "/soldout", { zone: "cn-hangzhou-i", type: "ecs.c6.xlarge" });
        const { code, output, mutating } = await stack.runProgram("local", "up", {
            "test-cluster:image": "^debian_9_",
        });
        await region.control("DELETE", "/faults");
        assert.notEqual(code, 0);
        assert.match(output, /hosts \(node-01\): ecs\.c6\.xlarge is unknown or out of stock in cn-hangzhou-i/);
        assert.match(output, /to be had there: .*ecs\.c7\.xlarge/);
        assert.match(output, /image: \^debian_9_ matches no system image in cn-hangzhou; there is debian_12_10_/);
        assert.deepEqual(mutating, []);
    });

    it("names the zones before it touches anything when a zone is unknown", async () => {
        const { code, output, mutating } = await stack.runProgram("local", "up", {
            "test-cluster:zone": "cn-hangzhou-z",
        });
        assert.notEqual(code, 0);
        assert.match(output, /cn-hangzhou-z is no zone of cn-hangzhou; choose one of .*cn-hangzhou-i/);
        assert.deepEqual(mutating, []);
    });

    it("names the access key that is wrong", async () => {
        const unknown = await stack.runProgram("local", "preview", { "alicloud:accessKey": "nobody" });
        assert.notEqual(unknown.code, 0);
        assert.match(unknown.output, /InvalidAccessKeyId\.NotFound/);
        const wrong = await stack.runProgram("local", "preview", { "alicloud:secretKey": "wrong" });
        assert.notEqual(wrong.code, 0);
        assert.match(wrong.output, /SignatureDoesNotMatch/);
    });
});
