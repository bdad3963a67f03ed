import * as assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import * as path from "node:path";

import { buildArguments, goPartDir, moduleDir } from "../../../rehearsal/build/go";
import { Recipe, clusterRecipes, toolchainRecipes } from "../../../rehearsal/build/recipes";

const recipes = [...toolchainRecipes, ...clusterRecipes];

/** A program of our own is a wrapper around the module that gives it its version. */
const wrapped: { [recipe: string]: string } = {
    alicloud: "github.com/aliyun/terraform-provider-alicloud/alicloud",
    filebeat: "github.com/elastic/beats/v7/filebeat",
};

/** The module of a go.mod's requirements that a package is in, with its version. */
function requirement(recipe: Recipe, pkg: string): { module: string; version: string } | undefined {
    const lines = readFileSync(path.join(moduleDir(recipe), "go.mod"), "utf8").split("\n");
    const required = lines
        .map((line) => /^(?:require )?\s*(\S+\/\S+) v(\S+)/.exec(line))
        .flatMap((match) => (match ? [{ module: match[1], version: match[2] }] : []));
    return required
        .filter(({ module }) => pkg === module || pkg.startsWith(`${module}/`))
        .sort((a, b) => b.module.length - a.module.length)[0];
}

describe("recipes of Go modules", () => {
    it("has one for each module folder, and a folder for each", () => {
        assert.deepEqual(
            recipes.map((recipe) => recipe.name).sort(),
            readdirSync(path.dirname(moduleDir(recipes[0]))).sort(),
        );
    });

    for (const recipe of recipes) {
        it(`${recipe.name} ${recipe.version} is the version that go.mod pins`, () => {
            const own = readFileSync(path.join(moduleDir(recipe), "go.mod"), "utf8").match(/^module (\S+)/)![1];
            const packages = Object.values(recipe.binaries);
            const pinned = packages.map(
                (pkg) => requirement(recipe, pkg === own ? wrapped[recipe.name] : pkg)?.version,
            );
            assert.deepEqual(
                pinned,
                packages.map(() => recipe.version),
            );
            const sums = readFileSync(path.join(moduleDir(recipe), "go.sum"), "utf8");
            assert.ok(sums.includes(` v${recipe.version} h1:`), "go.sum lacks the module's content");
        });
    }

    it("stamps versions that are the recipe's own", () => {
        for (const recipe of recipes)
            for (const [variable, value] of Object.entries(recipe.stamps ?? {}))
                assert.ok(`v${recipe.version}`.includes(value), `${recipe.name}: ${variable}=${value}`);
    });

    it("gives go build the packages, the stamps and the output folder", () => {
        assert.deepEqual(
            buildArguments(
                recipes.find((recipe) => recipe.name === "flannel")!,
                "/out",
            ),
            [
                "build",
                "-ldflags",
                "-s -w -X github.com/flannel-io/flannel/pkg/version.Version=v0.26.7",
                "-o",
                "/out/",
                "github.com/flannel-io/flannel",
            ],
        );
    });

    it("builds again when what is built changes, not when the estimate does", () => {
        const recipe = recipes.find(({ name }) => name === "etcd")!;
        assert.equal(goPartDir({ ...recipe, minutes: 99 }), goPartDir(recipe));
        assert.notEqual(goPartDir({ ...recipe, cgo: true }), goPartDir(recipe));
        assert.notEqual(goPartDir({ ...recipe, stamps: { "a.b": "3.6.16" } }), goPartDir(recipe));
    });
});
