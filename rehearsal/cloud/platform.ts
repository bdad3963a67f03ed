import type { Model } from "./api/model";
import { accountId, Cloud } from "./cloud";

/**
 * The services around ECS and VPC that the provider asks before its first call: who am I (sts), where is a service
 * (location), and is this account an international one (billing). Their SDKs are not at hand; the models of what is
 * used are below.
 */
export const platform = {
    "2015-04-01": {
        GetCallerIdentity: () => ({
            accountId,
            arn: `acs:ram::${accountId}:root`,
            identityType: "Account",
            principalId: accountId,
            userId: accountId,
        }),
    },
    "2015-06-12": {
        DescribeEndpoints: (cloud: Cloud, request: { id?: string; serviceCode?: string; type?: string }) => ({
            success: true,
            endpoints: {
                endpoint: [
                    {
                        endpoint: cloud.endpoint,
                        id: request.id ?? cloud.region,
                        namespace: "",
                        protocols: { protocols: ["HTTP", "HTTPS"] },
                        serivceCode: request.serviceCode ?? "",
                        type: request.type ?? "openAPI",
                    },
                ],
            },
        }),
    },
    "2017-12-14": {
        QueryAvailableInstances: () => ({ code: "Success", success: true, data: { totalCount: 0, instanceList: [] } }),
    },
};

const endpoint = model(
    { endpoint: "string", id: "string", namespace: "string", serivceCode: "string", type: "string" },
    { protocols: model({}, { protocols: { type: "array", itemType: "string" } }) },
);

export const platformModels: Record<string, Model> = {
    GetCallerIdentityRequest: model({}),
    GetCallerIdentityResponseBody: model({
        accountId: "string",
        arn: "string",
        identityType: "string",
        principalId: "string",
        userId: "string",
        requestId: "string",
    }),
    DescribeEndpointsRequest: model({ id: "string", serviceCode: "string", type: "string" }),
    DescribeEndpointsResponseBody: model(
        { success: "boolean", requestId: "string" },
        { endpoints: model({}, { endpoint: { type: "array", itemType: endpoint } }) },
    ),
    QueryAvailableInstancesRequest: model({
        pageNum: "number",
        pageSize: "number",
        productCode: "string",
        productType: "string",
        subscriptionType: "string",
    }),
    QueryAvailableInstancesResponseBody: model(
        { code: "string", success: "boolean", requestId: "string" },
        { data: model({ totalCount: "number" }, { instanceList: { type: "array", itemType: "string" } }) },
    ),
};

/** A model whose names on the wire are its properties' with a capital. */
function model(simple: Record<string, string>, other: Record<string, unknown> = {}): Model {
    const types = { ...simple, ...other } as ReturnType<Model["types"]>;
    const wire = (name: string) => name[0].toUpperCase() + name.slice(1);
    return class {
        static names = () => Object.fromEntries(Object.keys(types).map((name) => [name, wire(name)]));
        static types = () => types;
    };
}
