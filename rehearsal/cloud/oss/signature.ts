import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { type AccessKey, encode } from "../http/signature";
import { OssError } from "./errors";
import type { OssRequest } from "./request";

/** Milliseconds that a client's clock may be wrong by. */
const skew = 15 * 60_000;

/**
 * Checks who signed a request, by AWS Signature Version 4 in its header `Authorization`.
 * @returns the SHA-256 that its body must have, as hex; undefined where the body is not signed
 * @throws OssError `AccessDenied` when it is unsigned, `InvalidAccessKeyId`, `SignatureDoesNotMatch`,
 *   `RequestTimeTooSkewed`; `NotImplemented` for bodies that are signed chunk by chunk, as OSS does
 */
export function authenticate(request: OssRequest, key: AccessKey, now = new Date()): string | undefined {
    const { headers } = request;
    const { authorization = "", "x-amz-date": at = "", "x-amz-content-sha256": body = "" } = headers;
    const [, id, scope, signed, signature] =
        /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
            authorization,
        ) ?? [];
    if (!id) throw new OssError("AccessDenied", "Anonymous access is forbidden for this operation.", 403);
    if (id !== key.id) {
        throw new OssError("InvalidAccessKeyId", "The access key ID you provided does not exist.", 403);
    }
    const [, day, region] = /^(\d{8})\/([^/]+)\/s3\/aws4_request$/.exec(scope) ?? [];
    const canonical = canonicalRequest(request, signed.split(";"), body);
    const text = ["AWS4-HMAC-SHA256", at, scope, createHash("sha256").update(canonical).digest("hex")].join("\n");
    const parts = [day ?? "", region ?? "", "s3", "aws4_request"];
    const signing = parts.reduce<Buffer>((last, part) => hmac(last, part), Buffer.from(`AWS4${key.secret}`));
    if (!day || !timingSafeEqual(hmac(signing, text), Buffer.from(signature, "hex"))) {
        throw new OssError(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
            403,
        );
    }
    const sent = Date.parse(at.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, "$1-$2-$3:$4:$5"));
    if (!at.startsWith(day) || !(Math.abs(now.getTime() - sent) <= skew)) {
        const message = "The difference between the request time and the current time is too large.";
        throw new OssError("RequestTimeTooSkewed", message, 403);
    }
    if (body === "UNSIGNED-PAYLOAD") return undefined;
    if (/^[0-9a-f]{64}$/.test(body)) return body;
    throw new OssError("NotImplemented", `x-amz-content-sha256: ${body} is not supported.`, 501);
}

function canonicalRequest({ method, path, query, headers }: OssRequest, signed: string[], body: string): string {
    const pairs = [...query].map(([name, value]) => `${encode(name)}=${encode(value)}`);
    return [
        method,
        path.split("/").map(decodeURIComponent).map(encode).join("/"),
        pairs.sort().join("&"),
        ...signed.map((name) => `${name}:${(headers[name] ?? "").trim().replace(/ +/g, " ")}`),
        "",
        signed.join(";"),
        body,
    ].join("\n");
}

function hmac(key: Buffer, text: string): Buffer {
    return createHmac("sha256", key).update(text).digest();
}
