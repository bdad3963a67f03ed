import * as assert from "node:assert/strict";
import { Asset, Secret, unknown } from "../../../rehearsal/toolchain/plugins/serve";
import { titleOf } from "../../../rehearsal/toolchain/plugins/command/command";
import { difference } from "../../../rehearsal/toolchain/plugins/command/difference";
import { choose } from "../../../rehearsal/toolchain/plugins/command/glob";
import { fingerprint, parseHostKey } from "../../../rehearsal/toolchain/plugins/command/ssh/hostKey";
import { Transcript } from "../../../rehearsal/toolchain/plugins/command/transcript";

// Made by ssh-keygen; `ssh-keygen -l` shows the fingerprint below.
const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPCFtLreCIQ4dBcguOarTDlXMhGNeM9+uxS89/VnbPHR";

describe("command: a host's key", () => {
    const { type, blob } = parseHostKey(`# the master\n\n${key} root@master\n`);

    it("is read from a public key line, whatever stands around it", () => {
        assert.equal(type, "ssh-ed25519");
        assert.deepEqual(parseHostKey(`192.0.2.1 ${key}`).blob, blob);
    });
    it("has the fingerprint that OpenSSH shows", () =>
        assert.equal(fingerprint(blob), "ssh-ed25519 SHA256:GyjHzR/8JloMTFFLY1RiGeLLj9ZUVPQkjpcPTr1M91k"));
    it("is refused when it isn't one", () => {
        for (const text of ["", "SHA256:abc", key.replace("ssh-ed25519", "ssh-rsa"), key.split(" ")[1]]) {
            assert.throws(() => parseHostKey(text), /failed to parse host key/, text);
        }
    });
});

describe("command: path patterns", () => {
    const paths = ["assets/logos/logo.svg", "src/a/b.js", "src/index.js", "src/secret.js", "x,y.txt"];
    for (const [rules, chosen] of [
        [["assets/**", "src/**.js", "!**secret.*"], paths.slice(0, 3)],
        [["src/*.js"], ["src/index.js", "src/secret.js"]],
        [["!src/**", "src/index.js"], ["src/index.js"]],
        [["src/{index,secret}.js"], ["src/index.js", "src/secret.js"]],
        [["src/[!a-m]*"], ["src/secret.js"]],
        [
            ["src/?????.js", "x,y.txt"],
            ["src/index.js", "x,y.txt"],
        ],
        [["src/index?js", "src/index\\?js"], ["src/index.js"]],
    ] as const) {
        it(rules.join(" "), () => assert.deepEqual(choose(paths, [...rules]), chosen));
    }
});

describe("command: what changed", () => {
    const cases: [string, Parameters<typeof difference>[0], Parameters<typeof difference>[1], object][] = [
        ["nothing", { a: "x", b: [1, { c: null }] }, { b: [1, {}], a: "x" }, {}],
        [
            "values in maps and lists",
            { a: { b: 1, d: 2 } },
            { a: { b: 3, c: 1 } },
            { "a.b": "update", "a.c": "add", "a.d": "delete" },
        ],
        ["list items", { t: ["a", "b"] }, { t: ["a", "c", "d"] }, { "t[1]": "update", "t[2]": "add" }],
        ["keys that are no names", { e: {} }, { e: { "x-y": "1" } }, { 'e["x-y"]': "add" }],
        ["equal secrets", { a: new Secret({ b: 1 }) }, { a: new Secret({ b: 1 }) }, {}],
        ["other secrets, as a whole", { a: new Secret({ b: 1 }) }, { a: new Secret({ b: 2 }) }, { a: "update" }],
        ["becoming secret", { a: "x" }, { a: new Secret("x") }, { a: "update" }],
        ["becoming unknown", { a: "x" }, { a: unknown }, { a: "update" }],
        ["an asset moved", { a: new Asset({ path: "x", hash: "1" }) }, { a: new Asset({ path: "y", hash: "1" }) }, {}],
        [
            "an asset changed",
            { a: new Asset({ path: "x", hash: "1" }) },
            { a: new Asset({ path: "x", hash: "2" }) },
            { a: "update" },
        ],
        ["another kind of value", { a: [1] }, { a: { b: 1 } }, { a: "update" }],
    ];
    for (const [what, before, after, expected] of cases) {
        it(what, () => assert.deepEqual(difference(before, after), expected));
    }
});

describe("command: a transcript", () => {
    function transcript(logging?: string) {
        const lines: string[] = [];
        const made = new Transcript(logging, (line) => lines.push(line));
        const euro = Buffer.from("5 €\n");
        made.write("stdout", Buffer.from("one\ntw"));
        made.write("stderr", Buffer.from("warning\r\n"));
        made.write("stdout", Buffer.from("o\n"));
        made.write("stdout", euro.subarray(0, 3));
        made.write("stdout", euro.subarray(3));
        made.write("stdout", Buffer.from("rest"));
        made.end();
        return { made, lines };
    }

    it("shows whole lines only, in the order of their ends", () => {
        assert.deepEqual(transcript().lines, ["one", "warning", "two", "5 €", "rest"]);
    });
    it("shows the streams that were asked for", () => {
        assert.deepEqual(transcript("stderr").lines, ["warning"]);
        assert.deepEqual(transcript("stdout").lines, ["one", "two", "5 €", "rest"]);
        assert.deepEqual(transcript("none").lines, []);
        assert.equal(transcript("stdoutAndStderr").lines.length, 5);
    });
    it("keeps everything, whatever it shows", () => {
        const { made } = transcript("none");
        assert.equal(made.text("stdout"), "one\ntwo\n5 €\nrest");
        assert.equal(made.text("stderr"), "warning\r");
        assert.equal(made.text("combined"), "one\ntwwarning\r\no\n5 €\nrest");
    });
});

describe("command: a command's title", () => {
    it("is its text, shortened", () => {
        assert.equal(titleOf('echo "a"'), '"echo \\"a\\""');
        assert.equal(titleOf("x".repeat(500)).length, 203);
    });
    it("says nothing of a secret one", () => assert.equal(titleOf(new Secret("mysql -psecret")), "[secret]"));
});
