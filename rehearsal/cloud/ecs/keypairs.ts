import type * as sdk from "@alicloud/ecs20140526";
import { createHash, createPublicKey, generateKeyPairSync, KeyObject } from "node:crypto";

import type { Actions } from "../api/action";
import { ApiError, invalid, notFound } from "../api/errors";
import { page } from "../api/paging";
import { hasTags, jsonList, matches, need, tagList, Tags, tagsOf } from "../api/parameters";
import type { Cloud } from "../cloud";
import { timestamp } from "../state/ids";
import type { KeyPairRecord } from "../state/records";
import { findInstance } from "./instances/instances";

export const keyPairs = {
    CreateKeyPair: (cloud, request) => {
        const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
        const name = need(request.keyPairName, "KeyPairName");
        const pair = add(cloud, name, publicKeyLine(privateKey), tagsOf(request.tag));
        return {
            keyPairId: pair.id,
            keyPairName: pair.id,
            keyPairFingerPrint: pair.fingerprint,
            privateKeyBody: privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
        };
    },

    ImportKeyPair: (cloud, request) => {
        const name = need(request.keyPairName, "KeyPairName");
        const pair = add(cloud, name, need(request.publicKeyBody, "PublicKeyBody").trim(), tagsOf(request.tag));
        return { keyPairName: pair.id, keyPairFingerPrint: pair.fingerprint };
    },

    DescribeKeyPairs: (cloud, request) => {
        const found = Object.values(cloud.state.keyPairs).filter(
            (pair) =>
                matches(pair.id, request.keyPairName) &&
                matches(pair.fingerprint, request.keyPairFingerPrint) &&
                hasTags(pair.tags, request.tag),
        );
        const { items, counts } = page(found, request);
        return {
            ...counts,
            keyPairs: {
                keyPair: items.map((pair) => ({
                    keyPairName: pair.id,
                    keyPairFingerPrint: pair.fingerprint,
                    creationTime: pair.createdAt,
                    publicKey: request.includePublicKey ? pair.publicKey : "",
                    resourceGroupId: "",
                    tags: tagList(pair.tags),
                })),
            },
        };
    },

    DeleteKeyPairs: (cloud, request) => {
        const names = need(jsonList(request.keyPairNames, "KeyPairNames"), "KeyPairNames");
        for (const name of names) {
            findKeyPair(cloud, name);
            const user = Object.values(cloud.state.instances).find((instance) => instance.keyPairName === name);
            if (user) {
                throw new ApiError(
                    "InvalidParameter.KeypairAlreadyAttachedInstance",
                    `Key pair ${name} is attached to instance ${user.id}.`,
                );
            }
        }
        for (const name of names) delete cloud.state.keyPairs[name];
        return {};
    },

    /** The key is in the machine from its next start on. */
    AttachKeyPair: (cloud, request) => {
        const pair = findKeyPair(cloud, need(request.keyPairName, "KeyPairName"));
        return { keyPairName: pair.id, ...change(cloud, request.instanceIds, pair.id) };
    },

    DetachKeyPair: (cloud, request) => {
        const name = need(request.keyPairName, "KeyPairName");
        return { keyPairName: name, ...change(cloud, request.instanceIds, "") };
    },
} satisfies Actions<typeof sdk>;

/** @throws ApiError `InvalidKeyPair.NotFound` */
export function findKeyPair(cloud: Cloud, name: string): KeyPairRecord {
    const pair = cloud.state.keyPairs[name];
    if (!pair) throw notFound("KeyPair", name);
    return pair;
}

function add(cloud: Cloud, name: string, publicKey: string, tags: Tags): KeyPairRecord {
    if (cloud.state.keyPairs[name]) {
        throw new ApiError("KeyPair.AlreadyExist", `The key pair "${name}" already exists.`);
    }
    const [type, body = ""] = publicKey.split(/\s+/);
    const blob = Buffer.from(body, "base64");
    // An OpenSSH key names its type again inside.
    if (!type || blob.subarray(4, 4 + type.length).toString() !== type) {
        throw invalid("PublicKeyBody", publicKey, "it must be an OpenSSH public key, like ssh-ed25519 AAAA…");
    }
    const fingerprint = createHash("md5").update(blob).digest("hex");
    const pair = { id: name, name, description: "", createdAt: timestamp(), tags, publicKey, fingerprint };
    return (cloud.state.keyPairs[name] = pair);
}

function change(cloud: Cloud, instanceIds: string | undefined, keyPairName: string) {
    const ids = need(jsonList(instanceIds, "InstanceIds"), "InstanceIds");
    for (const instance of ids.map((id) => findInstance(cloud, id))) {
        instance.keyPairName = keyPairName;
        if (instance.machine === "current") instance.machine = "stale";
    }
    return {
        totalCount: String(ids.length),
        failCount: "0",
        results: {
            result: ids.map((instanceId) => ({ instanceId, code: "200", message: "successful", success: "true" })),
        },
    };
}

/** The public half of an RSA key as OpenSSH writes it. */
function publicKeyLine(privateKey: KeyObject): string {
    const { e, n } = createPublicKey(privateKey).export({ format: "jwk" });
    const sized = (data: Buffer) => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(data.length);
        return Buffer.concat([length, data]);
    };
    const number = (text = "") => {
        const data = Buffer.from(text, "base64url");
        return data[0] & 0x80 ? Buffer.concat([Buffer.from([0]), data]) : data;
    };
    const blob = Buffer.concat([Buffer.from("ssh-rsa"), number(e), number(n)].map(sized));
    return `ssh-rsa ${blob.toString("base64")}`;
}
