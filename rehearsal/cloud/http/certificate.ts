import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/**
 * The certificate of the region's address, made on first use and kept beside the state. The provider changes and
 * deletes security group rules over HTTPS whatever protocol it is configured with, so whoever runs it must trust
 * this file (`SSL_CERT_DIR` or `SSL_CERT_FILE` for a Go program).
 *
 * @param folder where `certificate.pem` and its key are, or will be
 * @param host the address that it is for, an IP address
 * @throws Error when openssl is not there or fails
 */
export function ensureCertificate(folder: string, host: string): { file: string; cert: Buffer; key: Buffer } {
    const [file, keyFile] = [path.join(folder, "certificate.pem"), path.join(folder, "certificate.key")];
    if (!usable(file, keyFile, host)) {
        fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
        const options = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650"];
        const names = ["-subj", "/CN=Rehearsal region", "-addext", `subjectAltName=IP:${host}`];
        try {
            execFileSync("openssl", ["req", "-x509", ...options, ...names, "-out", file, "-keyout", keyFile], {
                stdio: "pipe",
            });
        } catch (error) {
            throw new Error(`The region's certificate ${file} can't be made; is openssl installed? ${String(error)}`);
        }
        fs.chmodSync(keyFile, 0o600);
    }
    return { file, cert: fs.readFileSync(file), key: fs.readFileSync(keyFile) };
}

function usable(file: string, keyFile: string, host: string): boolean {
    if (!fs.existsSync(file) || !fs.existsSync(keyFile)) return false;
    const certificate = new X509Certificate(fs.readFileSync(file));
    return certificate.checkIP(host) !== undefined && new Date(certificate.validTo) > new Date();
}
