import Ecs, * as ecs from "@alicloud/ecs20140526";
import * as vpc from "@alicloud/vpc20160428";
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import * as fs from "node:fs";
import * as https from "node:https";

import { decode, encode, Model } from "../../../rehearsal/cloud/api/model";
import type { ApiRequest } from "../../../rehearsal/cloud/http/request";
import { authenticate } from "../../../rehearsal/cloud/http/signature";
import { publicKey, refuses, Region, regionId } from "./region";

describe("the cloud's protocol", () => {
    let region: Region;
    before(async () => (region = await new Region().start()));
    after(() => region.stop());

    it("checks signatures", async () => {
        const regions = (key: object) =>
            new Ecs(region.config(key)).describeRegions(new ecs.DescribeRegionsRequest({}));
        assert.equal((await regions({})).body!.regions!.region![0].regionId, regionId);
        await refuses(regions({ accessKeySecret: "wrong" }), "SignatureDoesNotMatch", 400);
        await refuses(regions({ accessKeyId: "wrong" }), "InvalidAccessKeyId.NotFound", 404);
    });

    it("checks the older signatures as Alibaba Cloud's documentation computes them", () => {
        const parameters = {
            Timestamp: "2016-02-23T12:46:24Z",
            Format: "XML",
            AccessKeyId: "testid",
            Action: "DescribeRegions",
            SignatureMethod: "HMAC-SHA1",
            SignatureNonce: "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
            Version: "2014-05-26",
            SignatureVersion: "1.0",
        };
        const request = (Signature: string) =>
            ({ method: "GET", headers: {}, parameters: { ...parameters, Signature } }) as unknown as ApiRequest;
        const key = { id: "testid", secret: "testsecret" };
        authenticate(request("OLeaidS1JvxuMvnyHOwuJ+uX5qY="), key);
        assert.throws(() => authenticate(request("OLeaidS1JvxuMvnyHOwuJ+uX5qZ="), key), /not matched/);
    });

    it("answers mistakes with the cloud's codes, over HTTP and over HTTPS on the same port", async () => {
        const unknown = await call({ Action: "DescribeWonders", Version: "2014-05-26" });
        assert.equal(unknown.status, 404);
        assert.equal(unknown.body.Code, "InvalidAction.NotFound");
        assert.ok(unknown.body.Message && unknown.body.RequestId && unknown.body.HostId);
        const wrongVersion = await call({ Action: "DescribeRegions", Version: "2099-01-01" });
        assert.equal(wrongVersion.body.Code, "InvalidVersion");
        const noParameter = await call({ Action: "DescribeUserData", Version: "2014-05-26" });
        assert.deepEqual([noParameter.status, noParameter.body.Code], [400, "MissingParameter"]);
        const strange = await call({ Action: "DescribeRegions", Version: "2014-05-26", Wonder: "1" });
        assert.deepEqual([strange.status, strange.body.Code], [400, "InvalidParameter"]);
        const elsewhere = await call({ Action: "DescribeZones", Version: "2014-05-26", RegionId: "eu-central-1" });
        assert.equal(elsewhere.body.Code, "InvalidRegionId.NotFound");
        const dry = await call({ Action: "DeleteVpc", Version: "2016-04-28", VpcId: "vpc-1", DryRun: "true" });
        assert.equal(dry.body.Code, "InvalidParameter.DryRun");
        assert.equal((await callSecurely({ Action: "DescribeRegions", Version: "2014-05-26" })).status, 200);
    });

    it("keeps idle connections longer than its clients do: none is closed while a request is on its way", async () => {
        const connection: Record<string, string> = { connection: "keep-alive" };
        const { headers } = await fetch(region.cloud.url, { headers: connection });
        // Go's HTTP client keeps one for 90 seconds.
        assert.ok(Number(/timeout=(\d+)/.exec(headers.get("keep-alive") ?? "")?.[1]) > 90, headers.get("keep-alive")!);
    });

    it("answers who is asking and where a service is", async () => {
        const me = await call({ Action: "GetCallerIdentity", Version: "2015-04-01" });
        assert.equal(me.body.AccountId, "1000000000000001");
        const where = await call({
            Action: "DescribeEndpoints",
            Version: "2015-06-12",
            Id: regionId,
            ServiceCode: "ecs",
        });
        const endpoints = where.body.Endpoints as { Endpoint: { Endpoint: string; Type: string }[] };
        assert.deepEqual(
            [endpoints.Endpoint[0].Endpoint, endpoints.Endpoint[0].Type],
            [new URL(region.cloud.url).host, "openAPI"],
        );
    });

    it("gives pages by number and by token", async () => {
        for (const n of [1, 2, 3, 4, 5]) {
            const pair = { regionId, keyPairName: `key-${n}`, publicKeyBody: publicKey };
            await region.ecs.importKeyPair(new ecs.ImportKeyPairRequest(pair));
        }
        const byNumber = async (pageNumber: number) => {
            const request = new ecs.DescribeKeyPairsRequest({ regionId, pageNumber, pageSize: 2 });
            const body = (await region.ecs.describeKeyPairs(request)).body!;
            assert.equal(body.totalCount, 5);
            return body.keyPairs!.keyPair!.map((pair) => pair.keyPairName);
        };
        assert.deepEqual(await byNumber(1), ["key-1", "key-2"]);
        assert.deepEqual(await byNumber(3), ["key-5"]);
        assert.deepEqual(await byNumber(4), []);

        const types: string[] = [];
        let nextToken: string | undefined;
        do {
            const request = new ecs.DescribeInstanceTypesRequest({ maxResults: 10, nextToken });
            const body = (await region.ecs.describeInstanceTypes(request)).body!;
            types.push(...body.instanceTypes!.instanceType!.map((type) => type.instanceTypeId!));
            nextToken = body.nextToken;
        } while (nextToken);
        const all = (await region.ecs.describeInstanceTypes(new ecs.DescribeInstanceTypesRequest({}))).body!;
        assert.deepEqual(
            types,
            all.instanceTypes!.instanceType!.map((type) => type.instanceTypeId),
        );
        assert.ok(types.length > 10);
        const forged = new ecs.DescribeInstanceTypesRequest({ nextToken: "forged" });
        await refuses(region.ecs.describeInstanceTypes(forged), "InvalidParameter.NextToken");
    });

    it("makes one thing for one token, also when both requests are under way", async () => {
        const request = (cidrBlock: string) =>
            new vpc.CreateVpcRequest({ regionId, cidrBlock, clientToken: "token-1" });
        const [one, two] = await Promise.all([
            region.vpc.createVpc(request("10.0.0.0/16")),
            region.vpc.createVpc(request("10.0.0.0/16")),
        ]);
        const three = await region.vpc.createVpc(request("10.0.0.0/16"));
        assert.equal(one.body!.vpcId, two.body!.vpcId);
        assert.equal(one.body!.vpcId, three.body!.vpcId);
        assert.equal(Object.keys((await region.state()).vpcs).length, 1);
        await refuses(region.vpc.createVpc(request("10.1.0.0/16")), "IdempotentParameterMismatch", 400);
    });

    it("holds requests and answers to the SDK's models", () => {
        const models = ecs as unknown as Record<string, Model>;
        const parameters = {
            InstanceType: "t",
            Amount: "2",
            "Tag.1.Key": "a",
            "DataDisk.1.DeleteWithInstance": "true",
        };
        assert.deepEqual(decode(models.RunInstancesRequest, parameters), {
            instanceType: "t",
            amount: 2,
            tag: [{ key: "a" }],
            dataDisk: [{ deleteWithInstance: true }],
        });
        assert.throws(() => decode(models.RunInstancesRequest, { Amount: "two" }), /must be a number/);
        assert.throws(() => decode(models.RunInstancesRequest, { "Tag.1.Colour": "red" }), /Tag\.1\.Colour/);
        assert.throws(() => decode(models.RunInstancesRequest, { Tag: "a" }), /must be a list/);
        assert.deepEqual(encode(models.CreateDiskResponseBody, { diskId: "d-1" }), { DiskId: "d-1" });
        assert.throws(() => encode(models.CreateDiskResponseBody, { diskId: 1 }), /diskId is a number, not a string/);
        assert.throws(() => encode(models.CreateDiskResponseBody, { id: "d-1" }), /no field id/);
    });

    /** A call signed in the older way, by hand. */
    function query(parameters: Record<string, string>): string {
        const all: Record<string, string> = { ...parameters, AccessKeyId: "id", SignatureNonce: String(Math.random()) };
        const canonical = Object.keys(all)
            .sort()
            .map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(all[name])}`)
            .join("&");
        const text = `GET&%2F&${encodeURIComponent(canonical)}`;
        const signature = createHmac("sha1", "secret&").update(text).digest("base64");
        return `/?${canonical}&Signature=${encodeURIComponent(signature)}`;
    }

    async function call(parameters: Record<string, string>) {
        const response = await fetch(region.cloud.url + query(parameters));
        return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    }

    function callSecurely(parameters: Record<string, string>): Promise<{ status?: number }> {
        const { hostname, port } = new URL(region.cloud.url);
        const options = { hostname, port, path: query(parameters), ca: fs.readFileSync(region.cloud.certificate) };
        return new Promise((resolve, reject) => {
            https
                .get({ ...options, agent: false }, (response) => resolve({ status: response.resume().statusCode }))
                .on("error", reject);
        });
    }
});
