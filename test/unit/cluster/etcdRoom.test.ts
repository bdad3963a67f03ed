import * as assert from "node:assert/strict";
import { controlPlanePrograms } from "../../../cluster/etcd/backups";
import { stackConfig } from "../../sample";
import { Sandbox } from "./sandbox";

describe("room in etcd", () => {
    let host: Sandbox;
    const run = () => host.run(controlPlanePrograms(stackConfig("dev"))["/usr/local/sbin/etcd-room"]);
    /** Stands in for an etcd whose quota is 1000 bytes; `says` are cases of its own. */
    const etcd = (size: number, says = "") =>
        host.standIn(
            "etcdctl",
            `case "$*" in
            ${says}
            *"endpoint status"*) size=900; [[ -e /etc/smaller ]] && size=${size}
                echo '[{"Status":{"header":{"revision":77},"dbSize":'$size',"dbSizeQuota":1000}}]' ;;
            *defrag*) touch /etc/smaller ;;
            *--keys-only*) printf '/registry/configmaps/crowd/%s\\n\\n' 1 2 3; printf '/registry/pods/a/1\\n\\n' ;;
            esac`,
            "/var/image/usr/local/bin/etcdctl",
        );
    const commands = () =>
        host
            .calls("etcdctl")
            .map((call) => call.replace(/.*--key \S+ (--command-timeout=\S+ )?/, ""))
            .filter((call) => !/^(endpoint|get) /.test(call));

    beforeEach(() => {
        host = new Sandbox();
        host.standIn(
            "ctr",
            `case "$*" in
            *" images mount "*) cp -R /var/image/usr "\${@: -1}" ;;
            *" images unmount "*) find "\${@: -1}" -mindepth 1 -delete ;;
            esac`,
        );
        host.write("/etc/kubernetes/manifests/etcd.yaml", "    image: registry.k8s.io/etcd:3.6.8-0\n");
        host.write("/var/lib/test-cluster/prepared", "");
        host.write("/run/there", "");
    });
    afterEach(() => host.remove());

    const all = [
        "compact 77 --physical",
        "defrag",
        "alarm disarm",
        "put test-cluster/room now",
        "del test-cluster/room",
    ];

    it("is made by forgetting what was, giving pages back, and taking the alarm back; a write proves it", async () => {
        etcd(300);
        const { status, stdout, stderr } = await run();
        assert.equal(status, 0, stderr);
        assert.deepEqual(commands(), all);
        assert.equal(stdout, "etcd had 900 bytes, and has 300 of the 1000 of its quota\n");
    });

    it("is made also where all was forgotten already, and not where that fails", async () => {
        etcd(300, `*compact*) echo "Error: mvcc: required revision has been compacted" >&2; exit 1 ;;`);
        assert.equal((await run()).status, 0);
        etcd(300, `*compact*) echo "Error: context deadline exceeded" >&2; exit 1 ;;`);
        const { status, stderr } = await run();
        assert.equal(status, 1);
        assert.match(stderr, /deadline exceeded\netcd could not be compacted/);
    });

    it("is not there while what fills it is: it says what there is most of", async () => {
        const refused = `*" put "*) echo "Error: etcdserver: mvcc: database space exceeded" >&2; exit 1 ;;`;
        for (const [size, says] of [
            [901, ""],
            [300, refused],
        ] as const) {
            etcd(size, says);
            const { status, stderr } = await run();
            assert.equal(status, 1);
            assert.match(stderr, /3 configmaps\/crowd\n +1 pods\/a\n/);
            assert.match(stderr, new RegExp(`etcd still has ${size} of the 1000 bytes of its quota`));
        }
    });
});
