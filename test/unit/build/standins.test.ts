import * as assert from "node:assert/strict";
import * as path from "node:path";

import { Sources } from "../../../rehearsal/mirror/content";
import { images } from "../../../rehearsal/mirror/images";

/** Every source in a folder of its own name. */
const sources = new Proxy({}, { get: (_, name) => `/parts/${String(name)}` }) as Sources;

describe("images of stand-ins", () => {
    const find = (reference: string) => images(sources).find((image) => image.reference === reference)!;

    it("are named as the published ones, and begin where those begin", () => {
        for (const [reference, begin] of [
            ["docker.io/nacos/nacos-server:v3.1.0", "bin/docker-startup.sh"],
            ["docker.elastic.co/kibana/kibana:7.17.28", "/usr/local/bin/kibana-docker"],
        ]) {
            const { config, files, base } = find(reference);
            assert.equal([...(config.Entrypoint ?? []), ...(config.Cmd ?? [])].at(-1), begin);
            const script = files[path.resolve(config.WorkingDir!, begin)] as { text: string; mode: number };
            assert.equal(script.mode, 0o755);
            const program = /^exec node .* (\S+)$/m.exec(script.text)![1];
            assert.ok(program in files && "/usr/local/bin/node" in files, program);
            assert.equal(base, "/parts/debian");
        }
    });

    it("have Nacos' schema where the published one has it", () => {
        const { files } = find("docker.io/nacos/nacos-server:v3.1.0");
        assert.deepEqual(files["/home/nacos/conf/mysql-schema.sql"], { from: "/parts/nacos/mysql-schema.sql" });
    });
});
