import * as ecsSdk from "@alicloud/ecs20140526";
import * as vpcSdk from "@alicloud/vpc20160428";

import { ApiError } from "./api/errors";
import type { Model } from "./api/model";
import type { Cloud } from "./cloud";
import { ecs } from "./ecs";
import { platform, platformModels } from "./platform";
import { vpc } from "./vpc";

interface Product {
    actions: Record<string, unknown>;
    models: Record<string, unknown>;
}

/** The products that the region has, by the version of their API. */
const products: Record<string, Product | undefined> = {
    "2014-05-26": { actions: ecs, models: ecsSdk },
    "2016-04-28": { actions: vpc, models: vpcSdk },
    ...Object.fromEntries(
        Object.entries(platform).map(([version, actions]) => [version, { actions, models: platformModels }]),
    ),
};

export interface Operation {
    run: (cloud: Cloud, request: Record<string, unknown>) => object | Promise<object>;
    request: Model;
    answer: Model;
}

/**
 * @returns what carries out an action, with the official SDK's models of its request and its answer
 * @throws ApiError `InvalidVersion` or `InvalidAction.NotFound`
 */
export function findOperation(version: string, action: string): Operation {
    const product = products[version];
    if (!product) throw new ApiError("InvalidVersion", "Specified parameter Version is not valid.");
    const run = Object.hasOwn(product.actions, action) ? product.actions[action] : undefined;
    if (!run) {
        throw new ApiError(
            "InvalidAction.NotFound",
            "Specified api is not found, please check your url and method.",
            404,
        );
    }
    return {
        run: run as Operation["run"],
        request: product.models[`${action}Request`] as Model,
        answer: product.models[`${action}ResponseBody`] as Model,
    };
}
