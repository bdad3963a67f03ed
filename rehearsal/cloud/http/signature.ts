import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { ApiError } from "../api/errors";
import { ApiRequest } from "./request";

export interface AccessKey {
    id: string;
    secret: string;
}

/**
 * Checks who signed a request, by either of the two schemes that Alibaba Cloud's SDKs use: HMAC-SHA1 over the
 * parameters (`Signature`), or ACS3-HMAC-SHA256 over the whole request (`Authorization`).
 *
 * @throws ApiError `InvalidAccessKeyId.NotFound`, `SignatureDoesNotMatch`, or `MissingParameter` when unsigned
 */
export function authenticate(request: ApiRequest, key: AccessKey): void {
    const authorization = request.headers["authorization"];
    if (authorization?.startsWith("ACS3-HMAC-SHA256")) {
        const { Credential, SignedHeaders, Signature } = fields(authorization);
        checkId(Credential, key);
        checkSignature(Signature, acs3Signature(request, SignedHeaders ?? "", key.secret));
        return;
    }
    const { AccessKeyId, Signature } = request.parameters;
    if (!AccessKeyId) throw new ApiError("MissingAccessKeyId", "AccessKeyId is mandatory for this action.");
    checkId(AccessKeyId, key);
    checkSignature(Signature, rpcSignature(request, key.secret));
}

function checkId(id: string | undefined, key: AccessKey): void {
    if (id !== key.id) throw new ApiError("InvalidAccessKeyId.NotFound", "Specified access key is not found.", 404);
}

function checkSignature(given: string | undefined, expected: string): void {
    const [a, b] = [Buffer.from(given ?? ""), Buffer.from(expected)];
    if (a.length === b.length && timingSafeEqual(a, b)) return;
    throw new ApiError(
        "SignatureDoesNotMatch",
        "Specified signature is not matched with our calculation: the access key secret is wrong.",
    );
}

/** `ACS3-HMAC-SHA256 Credential=…,SignedHeaders=…,Signature=…` as an object. */
function fields(authorization: string): Record<string, string | undefined> {
    const list = authorization.slice(authorization.indexOf(" ") + 1).split(",");
    return Object.fromEntries(list.map((field) => field.trim().split(/=(.*)/s).slice(0, 2)));
}

function rpcSignature(request: ApiRequest, secret: string): string {
    const signed = Object.entries(request.parameters).filter(([name]) => name !== "Signature");
    const text = [request.method, "%2F", encode(canonicalQuery(Object.fromEntries(signed)))].join("&");
    return createHmac("sha1", `${secret}&`).update(text).digest("base64");
}

function acs3Signature(request: ApiRequest, signedHeaders: string, secret: string): string {
    const headers = signedHeaders
        .split(";")
        .map((name) => `${name}:${(request.headers[name] ?? "").trim()}\n`)
        .join("");
    const text = [
        request.method,
        request.path,
        canonicalQuery(request.query),
        headers,
        signedHeaders,
        sha256(request.body),
    ].join("\n");
    return createHmac("sha256", secret)
        .update(`ACS3-HMAC-SHA256\n${sha256(Buffer.from(text))}`)
        .digest("hex");
}

function canonicalQuery(parameters: Record<string, string>): string {
    return Object.keys(parameters)
        .sort()
        .map((name) => `${encode(name)}=${encode(parameters[name])}`)
        .join("&");
}

function sha256(data: Buffer): string {
    return createHash("sha256").update(data).digest("hex");
}

/** RFC 3986: encodeURIComponent leaves !'()* alone, the cloud's canonical forms do not. */
export function encode(text: string): string {
    return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
