import { Reply, json } from "../http";
import { Page } from "./store";

/** The codes of Nacos' HTTP API that the stand-in gives, with their messages. */
const codes = {
    "parameter missing": 10000,
    "data access error": 10002,
    "parameter validate error": 20002,
    "resource not found": 20004,
    "resource conflict": 20005,
    "illegal namespace": 22000,
    "namespace not exist": 22001,
    "namespace already exist": 22002,
    "server error": 30000,
};

/** An error of the API: the HTTP status, the kind of mistake and what is wrong. */
export class ApiError extends Error {
    constructor(
        readonly status: number,
        readonly kind: keyof typeof codes,
        readonly detail: string | null,
    ) {
        super(detail ?? kind);
    }
}

export const success = (data: unknown): Reply => json({ code: 0, message: "success", data });

export const failure = ({ status, kind, detail }: ApiError): Reply =>
    json({ code: codes[kind], message: kind, data: detail }, status);

/** The answer of the web server below the API: no permission, no such address. */
export function serverError(status: number, error: string, message: string, path: string): Reply {
    return json({ timestamp: new Date().toISOString(), status, error, message, path }, status);
}

/** A parameter that must not be blank. */
export function required(parameters: URLSearchParams, name: string): string {
    const value = parameters.get(name);
    if (!value?.trim())
        throw new ApiError(400, "parameter missing", `Required parameter '${name}' type String is not present`);
    return value;
}

export function pageOf(parameters: URLSearchParams): Page {
    const positive = (name: string, fallback: number) => {
        const value = Number(parameters.get(name) ?? fallback);
        if (!Number.isInteger(value) || value < 1)
            throw new ApiError(
                400,
                "parameter validate error",
                `Required parameter '${name}' should be positive integer, current is ${parameters.get(name)}`,
            );
        return value;
    };
    return { number: positive("pageNo", 1), size: Math.min(500, positive("pageSize", 100)) };
}

export const paged = (total: number, page: Page, items: unknown[]) => ({
    totalCount: total,
    pageNumber: page.number,
    pagesAvailable: Math.ceil(total / page.size),
    pageItems: items,
});
