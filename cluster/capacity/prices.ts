/** A month as clouds bill it: 365 days / 12. */
const hoursPerMonth = 730;

/**
 * CNY per hour of an instance alone, without its disks: pay-as-you-go list price, Linux, in `cn-hangzhou`.
 *
 * Source: Alibaba Cloud's price list (aliyun.com/price/product#/commodity/vm) as the public repository
 * cloudpilot-ai/karpenter-provider-alibabacloud recorded it on 30 December 2024
 * (pkg/providers/pricing/initial-on-demand-prices.json, commit 5d2e077).
 * Compared with cloudpilot-ai/priceserver (pkg/client/builtin-data/alibabacloud_price.json, commits of 12 June and
 * 9 October 2024), which has c7, g7, c8i and g8i for `cn-hangzhou`, and all of these for `cn-beijing`, where the later
 * record has Hangzhou's prices too: nothing differs by more than 0.000002. Both repositories are of one maker. Others'
 * readings agree with other types of the record: c5.large, 0.62, with an example in the documentation of Alibaba
 * Cloud's ROS; c8y.large, 0.267, and g8y.small, 0.2, with a note in labring/sealos (controllers/metering/README.md, 2022).
 */
const perHour: Record<string, number> = {
    "ecs.c6.large": 0.39,
    "ecs.c6.xlarge": 0.78,
    "ecs.c6.2xlarge": 1.56,
    "ecs.g6.large": 0.5,
    "ecs.g6.xlarge": 1,
    "ecs.c7.large": 0.407699,
    "ecs.c7.xlarge": 0.815398,
    "ecs.c7.2xlarge": 1.630796,
    "ecs.g7.large": 0.52325,
    "ecs.g7.xlarge": 1.0465,
    "ecs.c8i.large": 0.407699,
    "ecs.c8i.xlarge": 0.815398,
    "ecs.c8i.2xlarge": 1.630796,
    "ecs.g8i.large": 0.52325,
    "ecs.g8i.xlarge": 1.0465,
    "ecs.u1-c1m2.large": 0.351,
    "ecs.u1-c1m2.xlarge": 0.702,
    "ecs.u1-c1m2.2xlarge": 1.404,
    "ecs.u1-c1m4.large": 0.45,
    "ecs.u1-c1m4.xlarge": 0.9,
    "ecs.e-c1m2.large": 0.225,
    "ecs.e-c1m2.xlarge": 0.45,
    "ecs.e-c1m2.2xlarge": 0.9,
    "ecs.e-c1m4.large": 0.3375,
    "ecs.e-c1m4.xlarge": 0.675,
};

/**
 * CNY per month by instance type: the list price of 730 hours of pay-as-you-go, of the instance alone. Fit to compare
 * types and to tell what a bigger one costs; it is no bill. It is of December 2024, and knows no discounts.
 */
export const prices: Record<string, number> = Object.fromEntries(
    Object.entries(perHour).map(([type, price]) => [type, Math.round(price * hoursPerMonth * 100) / 100]),
);
