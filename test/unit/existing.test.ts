import { strict as assert } from "node:assert";
import { diskMistakes, type ExistingDisk, find, fromSnapshots, restores } from "../../cluster/existing";
import { cloudName } from "../../cluster/names";
import { disks, stackConfig } from "../sample";

describe("a data disk that a snapshot is named for", () => {
    const configOf = (snapshot?: string) => stackConfig("dev", { disks: { data: disks({ mysql: { snapshot } }) } });
    const config = configOf();
    /** A disk of MySQL's, made on a day of January from a snapshot or from none. */
    const made = (diskId: string, day: number, snapshotId = ""): ExistingDisk => ({
        diskId,
        diskName: cloudName(config, "mysql"),
        size: 20,
        category: config.disks.category,
        zoneId: config.zone,
        instanceId: "",
        snapshotId,
        creationTime: `2026-01-0${day}T00:00:00Z`,
    });
    /** The stack's disk, `new` where one is to be made, and those that are replaced. */
    const found = (snapshot: string | undefined, ...there: ExistingDisk[]) => {
        const config = configOf(snapshot);
        const result = find(config, config.disks.data[0], there);
        assert.deepEqual(diskMistakes(config, there), []);
        assert.equal(fromSnapshots(config, there).length, snapshot && !result.disk ? 1 : 0);
        assert.equal(restores(result), !result.disk && there.length > 0);
        return [result.disk?.diskId ?? "new", ...result.replaced.map(({ diskId }) => diskId)];
    };
    const mistake = (snapshot: string | undefined, ...there: ExistingDisk[]) => {
        const [text, ...others] = diskMistakes(configOf(snapshot), there);
        assert.deepEqual(others, []);
        return text;
    };

    it("is made where there is none, and takes the place of one that is from elsewhere", () => {
        assert.deepEqual(found("s-1"), ["new"]);
        assert.deepEqual(found("s-1", made("d-1", 1)), ["new", "d-1"]);
        assert.deepEqual(found("s-2", made("d-1", 1), made("d-2", 2, "s-1")), ["new", "d-2", "d-1"]);
    });

    it("is found again, and what it replaced is not", () => {
        const [first, second] = [made("d-1", 1), made("d-2", 2, "s-1")];
        assert.deepEqual(found("s-1", second), ["d-2"]);
        assert.deepEqual(found("s-1", first, second), ["d-2", "d-1"]);
        assert.deepEqual(found("s-1", second, first), ["d-2", "d-1"]);
    });

    it("stays when the snapshot is named no more, and it is the only one", () => {
        assert.deepEqual(found(undefined, made("d-2", 2, "s-1")), ["d-2"]);
    });

    it("may be smaller, of another category or in another zone than the one that it replaces", () => {
        assert.deepEqual(found("s-1", { ...made("d-1", 1), size: 40, category: "cloud_ssd", zoneId: "h" }), [
            "new",
            "d-1",
        ]);
    });

    it("is not guessed among several when none is named", () => {
        assert.match(
            mistake(undefined, made("d-1", 1), made("d-2", 2, "s-1")),
            /2 disks carry the name \S+ \(d-2 made from s-1, d-1\); rename all but one, or say with .*\.snapshot: s-1 that d-2/,
        );
    });

    it("is not put in the place of one of several that come from nowhere", () => {
        const text = mistake("s-1", made("d-1", 1), made("d-2", 2));
        assert.match(text, /2 disks carry the name \S+ \(d-2, d-1\); rename all but one$/);
    });

    it("is not made again because somebody made a newer one by hand", () => {
        for (const newest of [made("d-3", 3), made("d-3", 3, "s-2")]) {
            const text = mistake("s-1", made("d-2", 2, "s-1"), newest);
            assert.match(text, /2 disks carry the name \S+ \(d-3.*, d-2 made from s-1\); rename all but one/);
        }
    });
});
