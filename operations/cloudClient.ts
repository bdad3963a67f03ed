import type Ecs from "@alicloud/ecs20140526";
import type { CloudSettings } from "./cloudSettings";

/** What a client of one of the cloud's products is made with. */
export function clientConfig(settings: CloudSettings, product: "ecs" | "vpc"): ConstructorParameters<typeof Ecs>[0] {
    const { accessKey, secretKey, securityToken, region, endpoints, protocol } = settings;
    const config = {
        ...{ accessKeyId: accessKey, accessKeySecret: secretKey, securityToken },
        ...{ regionId: region, endpoint: endpoints[product], protocol, connectTimeout: 10_000, readTimeout: 30_000 },
    };
    return config as ConstructorParameters<typeof Ecs>[0];
}

/** What the cloud answers; its refusal with what it was asked of, and the action. */
export async function asked<T>(what: string, action: string, answer: Promise<T>): Promise<T> {
    return answer.catch((error: Error) => {
        throw new Error(`${what}: ${action}: ${error.message}`);
    });
}
