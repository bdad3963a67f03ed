import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { readConfigurations } from "../../../apps/nacos/folder";
import { ConfigurationError, parseSettings } from "../../../config";
import { nacosMistakes } from "../../../config/nacos";

describe("the folder of Nacos' configurations", () => {
    let folder: string;
    beforeEach(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "configurations-"));
    });
    afterEach(() => fs.rmSync(folder, { recursive: true }));

    function write(file: string, content: string | Buffer = "a: 1\n"): void {
        fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
        fs.writeFileSync(path.join(folder, file), content);
    }

    /** The mistakes that reading it gives. */
    function mistakes(): string[] {
        try {
            readConfigurations(folder);
            return [];
        } catch (error) {
            assert.ok(error instanceof ConfigurationError, String(error));
            return error.mistakes;
        }
    }

    it("has a configuration a file: namespace, group and name by its place, type by its ending", () => {
        write("public/DEFAULT_GROUP/application.yaml");
        write("dev/ORDERS/a.yml");
        write("dev/ORDERS/b.properties", "größe=1");
        for (const ending of ["json", "xml", "html", "txt", "toml"]) write(`dev/ORDERS/c.${ending}`);
        write("dev/ORDERS/plain");
        const found = readConfigurations(folder);
        assert.deepEqual(found[1], {
            namespace: "dev",
            group: "ORDERS",
            dataId: "b.properties",
            type: "properties",
            content: "größe=1",
        });
        assert.deepEqual(
            found.map(({ namespace, dataId, type }) => `${namespace} ${dataId} ${type}`),
            [
                "dev a.yml yaml",
                "dev b.properties properties",
                "dev c.html html",
                "dev c.json json",
                "dev c.toml text",
                "dev c.txt text",
                "dev c.xml xml",
                "dev plain text",
                "public application.yaml yaml",
            ],
        );
    });

    it("may be empty, and hidden files are nobody's", () => {
        write(".gitkeep", "");
        write("dev/.DS_Store", "");
        assert.deepEqual(readConfigurations(folder), []);
    });

    it("is refused with every mistake at once, each naming the file and the way out", () => {
        write("application.yaml");
        write("dev/application.yaml");
        write("dev/DEFAULT_GROUP/deeper/application.yaml");
        write("d.v/DEFAULT_GROUP/a.yaml");
        write("dev/a group/a.yaml");
        write("dev/DEFAULT_GROUP/a@b.yaml");
        write("dev/DEFAULT_GROUP/empty.yaml", " \n");
        write("dev/DEFAULT_GROUP/large.yaml", "x".repeat(100 * 1024 + 1));
        write("dev/DEFAULT_GROUP/latin.yaml", Buffer.from("größe: 1", "latin1"));
        write("dev/DEFAULT_GROUP/right.yaml", "x".repeat(100 * 1024));
        write(`dev/${"g".repeat(129)}/a.yaml`);
        const found = mistakes().map((line) => line.replace(`nacos.configurations: ${folder}/`, ""));
        assert.deepEqual(found, [
            "application.yaml: no file NAMESPACE/GROUP/DATAID; move it to its place",
            "d.v/DEFAULT_GROUP/a.yaml: a namespace's name has letters, digits, _ and -, 128 at most; rename d.v",
            "dev/DEFAULT_GROUP/a@b.yaml: a configuration's name has letters, digits and _ . : -, 255 at most; rename a@b.yaml",
            "dev/DEFAULT_GROUP/deeper/application.yaml: no file NAMESPACE/GROUP/DATAID; move it to its place",
            "dev/DEFAULT_GROUP/empty.yaml: empty, which Nacos does not take; fill it or remove it",
            "dev/DEFAULT_GROUP/large.yaml: 102401 bytes, 102400 are allowed; split it",
            "dev/DEFAULT_GROUP/latin.yaml: no text in UTF-8; convert it",
            "dev/a group/a.yaml: a group's name has letters, digits and _ . : -, 128 at most; rename a group",
            "dev/application.yaml: no file NAMESPACE/GROUP/DATAID; move it to its place",
            `dev/${"g".repeat(129)}/a.yaml: a group's name has letters, digits and _ . : -, 128 at most; rename ${"g".repeat(129)}`,
        ]);
    });

    it("must be there", () => {
        fs.rmdirSync(folder);
        assert.match(mistakes().join(), /is no folder of this project; make it, or name another/);
        fs.mkdirSync(folder);
    });

    it("is, by default, the project's own, and right", () => {
        const declared = readConfigurations("apps/nacos/configurations");
        assert.ok(declared.some(({ namespace }) => namespace === "public"));
        assert.ok(declared.some(({ namespace }) => namespace === "dev"));
    });
});

describe("Nacos' settings", () => {
    const access = { cidrs: ["198.51.100.7/32"] };

    it("have a default for everything, and leave alone what was changed by hand", () => {
        const { nacos } = parseSettings({ access });
        assert.match(nacos.image, /^docker\.io\/nacos\/nacos-server:v3\./);
        assert.equal(nacos.overwrite, false);
    });

    it("need Nacos' database in MySQL", () => {
        const { mysql } = parseSettings({ access });
        assert.deepEqual(nacosMistakes({ mysql }), []);
        assert.match(nacosMistakes({ mysql: { ...mysql, databases: ["orders"] } }).join(), /nacos is missing.*add it/);
    });
});
