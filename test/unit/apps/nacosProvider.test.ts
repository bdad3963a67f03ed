import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { configurationProvider, verdict, type Inputs, type State } from "../../../apps/nacos/provider";
import { NacosServer } from "./nacosServer";

const place = { namespace: "dev", group: "DEFAULT_GROUP", dataId: "app.yaml" };
const unknown = pulumi.runtime.unknownValue;

describe("the provider of Nacos' configurations", () => {
    let nacos: NacosServer;
    let warnings: string[];
    let provider: Required<pulumi.dynamic.ResourceProvider<Inputs, State>>;

    before(async () => {
        nacos = await new NacosServer().start();
    });
    after(() => nacos.stop());
    beforeEach(() => {
        nacos.clear();
        restart();
    });

    /** The plugin's process is another in every run of Pulumi. */
    function restart(): void {
        warnings = [];
        const warn = async (text: string) => void warnings.push(text);
        provider = configurationProvider(warn) as typeof provider;
    }

    const inputs = (content: string, change: Partial<Inputs> = {}): Inputs => ({
        ...place,
        content,
        type: "yaml",
        overwrite: false,
        connection: nacos.connection,
        ...change,
    });
    const create = async (content: string, change: Partial<Inputs> = {}): Promise<State> =>
        (await provider.create(inputs(content, change))).outs!;
    const diff = (olds: State, news: Inputs) => provider.diff("id", olds, news);
    const update = async (olds: State, news: Inputs): Promise<State> => (await provider.update("id", olds, news)).outs!;

    describe("making one", () => {
        it("publishes it with its type, in a namespace that it makes", async () => {
            const state = await create("a: 1");
            const [row] = nacos.store.rows.configs;
            assert.deepEqual([row.content, row.type, row.user], ["a: 1", "yaml", "nacos"]);
            assert.deepEqual(nacos.store.rows.namespaces, [{ id: "dev", name: "dev", description: "" }]);
            assert.equal(state.published, "a: 1");
            await create("b: 1", { dataId: "other.yaml" });
            assert.equal(nacos.store.rows.namespaces.length, 1);
            assert.deepEqual(warnings, []);
        });

        it("makes no namespace public, which is always there", async () => {
            await create("a: 1", { namespace: "public" });
            assert.deepEqual(nacos.written, ["POST /v3/admin/cs/config"]);
        });

        it("takes the same that is there already, as after a rebuild, without a write", async () => {
            await create("a: 1");
            nacos.asked = [];
            restart();
            assert.equal((await create("a: 1")).published, "a: 1");
            assert.deepEqual([nacos.written, warnings], [[], []]);
        });

        it("leaves another that is there, and says so", async () => {
            await create("theirs: 1");
            restart();
            const state = await create("a: 1");
            assert.equal(nacos.live(place), "theirs: 1");
            assert.equal(state.published, "");
            assert.match(warnings.join(), /dev\/DEFAULT_GROUP\/app\.yaml is not what the stack published.*overwrite/);
        });

        it("overwrites another when it is told to", async () => {
            await create("theirs: 1");
            const state = await create("a: 1", { overwrite: true });
            assert.deepEqual([nacos.live(place), state.published], ["a: 1", "a: 1"]);
        });

        it("waits for a server that is not reached yet", async () => {
            nacos.failure = "unavailable";
            setTimeout(() => (nacos.failure = undefined), 200);
            assert.equal((await create("a: 1")).published, "a: 1");
        });

        it("fails at once on a password that is not the server's, and says what to do", async () => {
            const connection = { ...nacos.connection, password: "SECRET-other" };
            await assert.rejects(create("a: 1", { connection }), /does not let its user nacos in.*nacosPassword/);
        });

        it("logs in once, and keeps password and token out of every address", async () => {
            await create("a: 1");
            await create("b: 1", { dataId: "other.yaml" });
            assert.equal(nacos.asked.filter((line) => line.endsWith("login")).length, 1);
            assert.doesNotMatch(nacos.addresses.join(), /SECRET|token|username/i);
        });

        it("never overwrites what somebody changes at the same moment", async () => {
            const state = await create("a: 1");
            nacos.beforePublication = () => nacos.byHand(place, "theirs: 1");
            const after = await update(state, inputs("a: 2"));
            assert.equal(nacos.live(place), "theirs: 1");
            assert.equal(after.published, "a: 1");
        });
    });

    describe("comparing", () => {
        let state: State;
        beforeEach(async () => {
            state = await create("a: 1");
            nacos.asked = [];
            restart();
        });

        it("finds nothing to do where all is as it was", async () => {
            assert.deepEqual(await diff(state, inputs("a: 1")), { changes: false });
            assert.deepEqual([nacos.written, warnings], [[], []]);
        });

        it("finds a declared change, and publishing it is all there is to do", async () => {
            assert.equal((await diff(state, inputs("a: 2"))).changes, true);
            state = await update(state, inputs("a: 2"));
            assert.deepEqual([nacos.live(place), state.published, warnings], ["a: 2", "a: 2", []]);
            assert.equal((await diff(state, inputs("a: 2"))).changes, false);
        });

        it("shows a change by hand, leaves it, and shows it again the next time", async () => {
            nacos.byHand(place, "theirs: 1");
            for (const declared of ["a: 1", "a: 2"]) {
                restart();
                assert.equal((await diff(state, inputs(declared))).changes, true);
                state = await update(state, inputs(declared));
                assert.equal(nacos.live(place), "theirs: 1");
                assert.equal(warnings.length, 1, "said once a run");
                assert.match(warnings[0], /somebody changed it, and it is left/);
            }
            assert.equal(state.published, "a: 1");
        });

        it("publishes again once the change by hand is taken back", async () => {
            nacos.byHand(place, "theirs: 1");
            state = await update(state, inputs("a: 2"));
            nacos.byHand(place, "a: 1");
            state = await update(state, inputs("a: 2"));
            assert.equal(nacos.live(place), "a: 2");
        });

        it("takes a change by hand over once it is declared too", async () => {
            nacos.byHand(place, "theirs: 1");
            assert.equal((await diff(state, inputs("theirs: 1"))).changes, true);
            state = await update(state, inputs("theirs: 1"));
            assert.deepEqual([nacos.written, state.published, warnings], [[], "theirs: 1", []]);
            assert.equal((await diff(state, inputs("theirs: 1"))).changes, false);
        });

        it("announces that a change by hand is overwritten, where that is meant", async () => {
            nacos.byHand(place, "theirs: 1");
            const news = inputs("a: 1", { overwrite: true });
            assert.equal((await diff(state, news)).changes, true);
            assert.match(warnings.join(), /was changed by hand and is overwritten/);
            // The stand-in's edit by hand has an MD5 of its own, as a real one has.
            assert.equal((await update(state, news)).published, "a: 1");
            assert.equal(nacos.live(place), "a: 1");
        });

        it("does nothing because of overwrite alone", async () => {
            assert.equal((await diff(state, inputs("a: 1", { overwrite: true }))).changes, false);
        });

        it("publishes again what is gone", async () => {
            nacos.byHand(place);
            assert.equal((await diff(state, inputs("a: 1"))).changes, true);
            assert.match(warnings.join(), /is there no more and is published again/);
            await update(state, inputs("a: 1"));
            assert.equal(nacos.live(place), "a: 1");
        });

        it("remembers a new connection, and writes nothing for it", async () => {
            const old = { ...state, connection: { ...state.connection, server: "https://192.0.2.1:6443" } };
            assert.equal((await diff(old, inputs("a: 1"))).changes, true);
            assert.deepEqual((await update(old, inputs("a: 1"))).connection, nacos.connection);
            assert.deepEqual(nacos.written, []);
        });

        it("asks nobody while the connection or the content is not known", async () => {
            nacos.byHand(place, "theirs: 1");
            const connection = unknown as unknown as Inputs["connection"];
            assert.equal((await diff(state, inputs("a: 1", { connection }))).changes, false);
            assert.equal((await diff(state, inputs("a: 2", { connection }))).changes, true);
            assert.deepEqual([nacos.asked, warnings], [[], []]);
        });

        it("goes by what it remembers where the server does not answer, and says so once", async () => {
            nacos.failure = "unavailable";
            assert.equal((await diff(state, inputs("a: 1"))).changes, false);
            assert.equal((await diff(state, inputs("a: 2"))).changes, true);
            assert.equal(warnings.length, 1);
            assert.match(warnings[0], /can't be asked for what was changed there by hand/);
        });

        it("waits 5 seconds at most, for all of them", async function () {
            this.slow(12_000);
            nacos.failure = "silent";
            const began = Date.now();
            await Promise.all(["a: 1", "a: 2"].map((content) => diff(state, inputs(content))));
            await diff(state, inputs("a: 1"));
            const seconds = (Date.now() - began) / 1000;
            assert.ok(seconds > 4 && seconds < 7, `${seconds} s`);
            assert.match(warnings.join(), /no answer in time/);
        });
    });

    describe("a file that is taken out", () => {
        it("is deleted where it is what the stack published", async () => {
            const state = await create("a: 1");
            await create("b: 1", { dataId: "other.yaml" });
            await provider.delete("id", state);
            assert.equal(nacos.live(place), undefined);
            assert.equal(nacos.live({ ...place, dataId: "other.yaml" }), "b: 1");
        });

        it("is left where somebody changed it, and that is said", async () => {
            const state = await create("a: 1");
            nacos.byHand(place, "theirs: 1");
            await provider.delete("id", state);
            assert.equal(nacos.live(place), "theirs: 1");
            assert.match(warnings.join(), /no longer declared, but was changed by hand: it is not deleted/);
        });

        it("is left where it never was the stack's", async () => {
            await create("theirs: 1");
            await provider.delete("id", await create("a: 1"));
            assert.equal(nacos.live(place), "theirs: 1");
        });

        it("keeps nobody from going on where the server does not answer", async () => {
            const state = await create("a: 1");
            nacos.failure = "unavailable";
            await provider.delete("id", state);
            assert.match(warnings.join(), /could not be deleted in Nacos and stays there/);
        });
    });

    describe("a refresh", () => {
        it("forgets what is gone, so that it is made again", async () => {
            const state = await create("a: 1");
            assert.deepEqual(await provider.read("id", state), { id: "id", props: state });
            nacos.byHand(place, "theirs: 1");
            assert.deepEqual(await provider.read("id", state), { id: "id", props: state });
            nacos.byHand(place);
            assert.deepEqual(await provider.read("id", state), {});
        });

        it("forgets nothing where the server does not answer", async () => {
            const state = await create("a: 1");
            nacos.failure = "unavailable";
            assert.deepEqual(await provider.read("id", state), { id: "id", props: state });
            assert.match(warnings.join(), /its configurations are as before/);
        });
    });

    it("is serialised with nothing secret, and carries no package", async () => {
        const made = configurationProvider();
        const { text, containsSecrets } = await pulumi.runtime.serializeFunction(() => made);
        assert.equal(containsSecrets, false);
        assert.match(text, /require\("https"\)/);
        assert.ok(text.length < 25_000, `${text.length} characters`);
    });
});

describe("the verdict on a configuration", () => {
    const declared = { ...place, type: "yaml", content: "new" };
    const cases: [string | undefined, string, boolean, string][] = [
        [undefined, "", false, "publish"],
        [undefined, "old", false, "publish"],
        ["new", "", false, "same"],
        ["new", "old", true, "same"],
        ["old", "old", false, "publish"],
        ["theirs", "", false, "leave"],
        ["theirs", "old", false, "leave"],
        ["theirs", "new", false, "leave"],
        ["theirs", "old", true, "publish"],
    ];
    for (const [live, published, overwrite, expected] of cases) {
        const title = `${live ?? "nothing"} in Nacos, ${published || "nothing"} published${overwrite ? ", overwrite" : ""}`;
        it(`${title}: ${expected}`, () => assert.equal(verdict(live, declared, published, overwrite), expected));
    }
});
