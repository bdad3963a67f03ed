import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

/**
 * Secrets that the stack makes once and then keeps in its state, encrypted. They are made by commands on the operator's
 * machine that print nothing but to the state: no further plugin, nothing in the log.
 */
function generated(name: string, create: string, opts?: pulumi.CustomResourceOptions): pulumi.Output<string> {
    const made = new command.local.Command(
        name,
        { create, interpreter: ["/bin/bash", "-c"], logging: command.local.Logging.None },
        { ...opts, additionalSecretOutputs: ["stdout"] },
    );
    return pulumi.secret(made.stdout);
}

/** A password of 32 letters and digits (190 bits). */
export function password(name: string, opts?: pulumi.ComponentResourceOptions): pulumi.Output<string> {
    const script =
        "const c = require('crypto'), a = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';" +
        "process.stdout.write(Array.from({ length: 32 }, () => a[c.randomInt(a.length)]).join(''))";
    return generated(name, `node -e "${script}"`, opts);
}

/**
 * 32 random bytes in base64, the form in which Kubernetes takes an encryption key. One that encrypts what outlives the stack
 * is protected as the data disks are: without it that is worth nothing.
 */
export function encryptionKey(name: string, opts?: pulumi.CustomResourceOptions): pulumi.Output<string> {
    return generated(name, `node -p "require('crypto').randomBytes(32).toString('base64')"`, opts);
}

/** An SSH identity: the private half in OpenSSH's format, the public half as `ssh-ed25519 AAAA…`. */
export interface SshKey {
    privateKey: pulumi.Output<string>;
    publicKey: pulumi.Output<string>;
}

/** An Ed25519 key pair, by the operator's ssh-keygen. */
export function sshKey(name: string, opts?: pulumi.ComponentResourceOptions): SshKey {
    const script = [
        "set -euo pipefail; umask 077; dir=$(mktemp -d); trap 'rm -rf \"$dir\"' EXIT",
        `ssh-keygen -q -t ed25519 -N '' -C ${name} -f "$dir/key"`,
        'cat "$dir/key.pub" "$dir/key"',
    ].join("\n");
    const both = generated(name, script, opts);
    return {
        // The first line is the public half; a private half ends in a newline or OpenSSH refuses it.
        privateKey: both.apply((text) => `${text.slice(text.indexOf("\n") + 1).trim()}\n`),
        publicKey: pulumi.unsecret(both).apply((text) => text.split("\n")[0].split(" ").slice(0, 2).join(" ")),
    };
}
