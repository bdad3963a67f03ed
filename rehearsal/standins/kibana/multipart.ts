/** The one file of a form: its name and text. */
export interface FormFile {
    name: string;
    text: string;
}

/** Finds the part `field` of a multipart form that is a file; undefined when the body is none or has no such part. */
export function formFile(contentType: string | undefined, body: Buffer, field: string): FormFile | undefined {
    const match = /^multipart\/form-data;.*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType ?? "");
    if (!match) return undefined;
    // Byte by byte in latin1, so that the text is decoded once it is cut out.
    const parts = `\r\n${body.toString("latin1")}`.split(`\r\n--${match[1] ?? match[2]}`);
    for (const part of parts) {
        const end = part.indexOf("\r\n\r\n");
        if (end < 0) continue;
        const disposition = /content-disposition: *form-data;(.*)/i.exec(part.slice(0, end))?.[1] ?? "";
        const value = (name: string) => new RegExp(`(?:^|[ ;])${name}="([^"]*)"`).exec(disposition)?.[1];
        const name = value("filename");
        if (value("name") === field && name !== undefined)
            return { name, text: Buffer.from(part.slice(end + 4), "latin1").toString() };
    }
    return undefined;
}
