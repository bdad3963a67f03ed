import { askPulumi } from "./access";

/** How the cloud's API is reached, and as whom. */
export interface CloudSettings {
    region: string;
    accessKey: string;
    secretKey: string;
    securityToken?: string;
    /** `host` or `host:port`, by product; the region's own where it is not said. */
    endpoints: { ecs?: string; vpc?: string };
    protocol: "http" | "https";
}

/** What each is called in the environment, in the provider's order: `alicloud/provider.go`, 1.285.0. */
const variables = {
    region: ["ALICLOUD_REGION", "ALIBABA_CLOUD_REGION"],
    accessKey: ["ALICLOUD_ACCESS_KEY", "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABACLOUD_ACCESS_KEY_ID"],
    secretKey: ["ALICLOUD_SECRET_KEY", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABACLOUD_ACCESS_KEY_SECRET"],
    securityToken: ["ALICLOUD_SECURITY_TOKEN", "ALIBABA_CLOUD_SECURITY_TOKEN", "ALIBABACLOUD_SECURITY_TOKEN"],
};
/** Other ways in that the provider knows. */
const others = ["assumeRole", "assumeRoleWithOidc", "ecsRoleName", "profile", "credentialsUri"];

type Environment = Record<string, string | undefined>;

/**
 * The settings of a stack's provider: its configuration, as `pulumi config --json --show-secrets` prints it, and where
 * that has none, the environment.
 * @throws Error that names what is missing and the way out, or a way in that is not known here
 */
export function settingsOf(printed: string, environment: Environment): CloudSettings {
    const config = JSON.parse(printed) as Record<string, { value?: string }>;
    const configured = (key: string) => config[`alicloud:${key}`]?.value;
    const given = (key: keyof typeof variables) =>
        configured(key) || variables[key].map((name) => environment[name]).find(Boolean);
    const other = others.find(configured);
    if (other) {
        throw new Error(
            `alicloud:${other}: only an access key is known here. Give one that may restart the hosts, in a stack ` +
                `without alicloud:${other}, or the role's with its alicloud:securityToken`,
        );
    }
    const missing = (["region", "accessKey", "secretKey"] as const).filter((key) => !given(key));
    if (missing.length > 0) {
        const lines = missing.map((key) => {
            const secret = key === "region" ? "" : "--secret ";
            return `  alicloud:${key}: export ${variables[key][0]}=…, or pulumi config set ${secret}alicloud:${key}`;
        });
        throw new Error(
            `the cloud can't be asked, as the stack's configuration and environment lack\n${lines.join("\n")}`,
        );
    }
    return {
        ...{ region: given("region")!, accessKey: given("accessKey")!, secretKey: given("secretKey")! },
        securityToken: given("securityToken"),
        endpoints: {
            ecs: endpointIn("ecs", configured("endpoints"), environment),
            vpc: endpointIn("vpc", configured("endpoints"), environment),
        },
        protocol: configured("protocol") === "HTTP" ? "http" : "https",
    };
}

/** That of a product in a provider's `endpoints`, JSON. */
export function endpointOf(product: "ecs" | "vpc", endpoints: string | undefined): string | undefined {
    const all = endpoints ? ([JSON.parse(endpoints)].flat() as Record<string, string | undefined>[]) : [];
    return all.map((each) => each[product]).find(Boolean);
}

/** That of a product, where the configuration's value, JSON, or the environment has one. */
function endpointIn(product: "ecs" | "vpc", value: string | undefined, environment: Environment): string | undefined {
    const name = product.toUpperCase();
    const given = environment[`ALIBABA_CLOUD_ENDPOINT_${name}`] || environment[`${name}_ENDPOINT`];
    return endpointOf(product, value) || given || undefined;
}

/**
 * Those of a stack.
 * @throws Error when its configuration can't be read, or as settingsOf does
 */
export function cloudSettings(stack: string): CloudSettings {
    const args = ["config", "--json", "--show-secrets", "--non-interactive", "--stack", stack];
    const { status, stdout, stderr, error } = askPulumi(args);
    if (error || status !== 0) throw new Error(`pulumi config of stack ${stack}: ${error?.message ?? stderr.trim()}`);
    return settingsOf(stdout, process.env);
}
