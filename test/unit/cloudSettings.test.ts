import { strict as assert } from "node:assert";
import { settingsOf } from "../../operations/cloudSettings";

/** As `pulumi config --json --show-secrets` prints them: every value a text. */
const printed = (values: Record<string, string>) =>
    JSON.stringify(Object.fromEntries(Object.entries(values).map(([key, value]) => [`alicloud:${key}`, { value }])));
const keys = { region: "cn-hangzhou", accessKey: "id", secretKey: "secret" };

describe("the cloud's settings", () => {
    it("are those of the stack's provider", () => {
        const endpoints = '[{"vpc":"127.0.0.1:7200"},{"ecs":"127.0.0.1:7100"}]';
        assert.deepEqual(settingsOf(printed({ ...keys, endpoints, protocol: "HTTP" }), {}), {
            ...{ ...keys, securityToken: undefined, protocol: "http" },
            endpoints: { ecs: "127.0.0.1:7100", vpc: "127.0.0.1:7200" },
        });
    });

    it("come from the environment where the configuration has none, in the provider's order", () => {
        const { region, accessKey, secretKey, securityToken, endpoints, protocol } = settingsOf(
            printed({ accessKey: "configured" }),
            {
                ...{ ALIBABA_CLOUD_REGION: "cn-beijing", ALICLOUD_ACCESS_KEY: "id", ALICLOUD_SECRET_KEY: "" },
                ...{ ALIBABA_CLOUD_ACCESS_KEY_SECRET: "second", ALIBABACLOUD_ACCESS_KEY_SECRET: "third" },
                ...{
                    ALICLOUD_SECURITY_TOKEN: "token",
                    ECS_ENDPOINT: "ecs.example.com",
                    ALIBABA_CLOUD_ENDPOINT_VPC: "vpc.example.com",
                },
            },
        );
        assert.deepEqual([region, accessKey, secretKey], ["cn-beijing", "configured", "second"]);
        assert.deepEqual([securityToken, protocol], ["token", "https"]);
        assert.deepEqual(endpoints, { ecs: "ecs.example.com", vpc: "vpc.example.com" });
    });

    it("say all that is missing, and the way out", () => {
        assert.throws(
            () => settingsOf(printed({ accessKey: "id" }), {}),
            /lack\n {2}alicloud:region: export ALICLOUD_REGION=…, or pulumi config set alicloud:region\n {2}alicloud:secretKey: export ALICLOUD_SECRET_KEY=…, or pulumi config set --secret alicloud:secretKey$/,
        );
    });

    it("refuse a way in that they do not know, rather than another one's", () => {
        const assumeRole = '{"roleArn":"acs:ram::1:role/deployer"}';
        assert.throws(
            () => settingsOf(printed({ ...keys, assumeRole }), {}),
            /alicloud:assumeRole: only an access key/,
        );
    });
});
