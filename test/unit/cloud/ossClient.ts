import { createHash, createHmac } from "node:crypto";

const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

export interface Asked {
    query?: Record<string, string>;
    headers?: Record<string, string>;
    body?: string | Buffer;
    /** What is signed as the body's sum; its own when it is not said. */
    sum?: string;
    at?: Date;
}

/** A client of the object storage that signs its requests as AWS' documentation of Signature Version 4 says. */
export class OssClient {
    constructor(
        private readonly url: string,
        private readonly id = "rehearsal",
        private readonly secret = "rehearsal",
    ) {}

    /** @param place `/bucket/key`, not encoded */
    async ask(
        method: string,
        place: string,
        asked: Asked = {},
    ): Promise<{ status: number; body: string; headers: Headers }> {
        const { query = {}, body, at = new Date() } = asked;
        const date = at.toISOString().replace(/\.\d+|[-:]/g, "");
        const scope = `${date.slice(0, 8)}/cn-hangzhou/s3/aws4_request`;
        const sum = asked.sum ?? sha256(body ?? "");
        const headers: Record<string, string> = {
            ...asked.headers,
            host: new URL(this.url).host,
            "x-amz-content-sha256": sum,
            "x-amz-date": date,
        };
        const path = place.split("/").map(encode).join("/");
        const text = Object.keys(query)
            .sort()
            .map((name) => `${encode(name)}=${encode(query[name])}`)
            .join("&");
        const names = Object.keys(headers).sort();
        const lines = names.map((name) => `${name}:${headers[name]}`);
        const canonical = [method, path, text, ...lines, "", names.join(";"), sum].join("\n");
        const signing = ["cn-hangzhou", "s3", "aws4_request"].reduce(
            hmac,
            hmac(`AWS4${this.secret}`, date.slice(0, 8)),
        );
        const signature = hmac(signing, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`).toString("hex");
        const authorization = `AWS4-HMAC-SHA256 Credential=${this.id}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
        const response = await fetch(`${this.url}${path}${text && `?${text}`}`, {
            method,
            headers: { ...headers, authorization },
            body,
        });
        return { status: response.status, body: await response.text(), headers: response.headers };
    }
}
