import * as assert from "node:assert/strict";
import { addressAt, contains, indexIn, overlaps, parseCidr, size } from "../../config/cidr";
import { hostAddress } from "../../config/rules";
import { closest } from "../../config/words";

const cidr = (text: string) => parseCidr(text)!;

describe("CIDR blocks", () => {
    it("are read", () => {
        assert.deepEqual(parseCidr("10.20.0.0/16"), { base: 0x0a140000, prefix: 16 });
        assert.deepEqual(parseCidr("255.255.255.255/32"), { base: 0xffffffff, prefix: 32 });
        assert.equal(size(cidr("0.0.0.0/0")), 2 ** 32);
    });

    for (const text of ["", "10.0.0.0", "10.0.0.0/33", "10.0.0.1/24", "256.0.0.0/8", "a.b.c.d/8", "10.0.0.0/8 "]) {
        it(`${JSON.stringify(text)} is none`, () => assert.equal(parseCidr(text), undefined));
    }

    it("overlap where they share an address", () => {
        assert.ok(overlaps(cidr("10.0.0.0/8"), cidr("10.255.255.0/24")));
        assert.ok(!overlaps(cidr("10.0.0.0/24"), cidr("10.0.1.0/24")));
        assert.ok(overlaps(cidr("128.0.0.0/1"), cidr("255.0.0.0/8")));
    });

    it("contain what lies wholly in them", () => {
        assert.ok(contains(cidr("10.20.0.0/16"), cidr("10.20.255.0/24")));
        assert.ok(!contains(cidr("10.20.0.0/24"), cidr("10.20.0.0/16")));
    });

    it("have addresses, above 128.0.0.0 too", () => {
        assert.equal(addressAt(cidr("192.168.0.0/23"), 257), "192.168.1.1");
        assert.equal(indexIn(cidr("192.168.0.0/23"), "192.168.1.1"), 257);
        assert.equal(indexIn(cidr("10.20.0.0/24"), "10.20.1.0"), undefined);
    });

    it("give hosts the 10th address and those after it", () => {
        assert.deepEqual(
            [0, 1, 2].map((index) => hostAddress("10.20.0.0/24", index)),
            ["10.20.0.10", "10.20.0.11", "10.20.0.12"],
        );
    });
});

describe("the nearest known word", () => {
    it("is found by edit distance", () => {
        assert.equal(closest("netwrok", ["zone", "network", "mirrors"]), "network");
        assert.equal(closest("keepOnDestory", ["protect", "keepOnDestroy"]), "keepOnDestroy");
    });
});
