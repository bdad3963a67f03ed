import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as path from "node:path";

import { Plugin, Value, parsePipeline } from "./logstashConf";

const root = path.join(__dirname, "../../..");
const text = readFileSync(path.join(root, "apps/elk/logstash.conf"), "utf8");
const pipeline = parsePipeline(text);

const everyFilter = "add_field add_tag remove_field remove_tag id enable_metric periodic_flush";

/**
 * Options that are documented for Logstash 7.17, 8 and 9 alike: the input in logstash-integration-kafka 10.9.0, 11.7.0
 * and 12.1.4, the output in logstash-output-elasticsearch 11.4.2, 11.22.10 and 12.1.6, the json filter in 3.2, the
 * mutate filter in 3.5, the json codec in 3.1.
 */
const documented: { [plugin: string]: string } = {
    "input kafka": `add_field codec enable_metric id tags type auto_commit_interval_ms auto_offset_reset bootstrap_servers
        check_crcs client_dns_lookup client_id client_rack connections_max_idle_ms consumer_threads decorate_events
        enable_auto_commit exclude_internal_topics fetch_max_bytes fetch_max_wait_ms fetch_min_bytes group_id
        heartbeat_interval_ms isolation_level max_partition_fetch_bytes max_poll_interval_ms max_poll_records
        metadata_max_age_ms partition_assignment_strategy poll_timeout_ms receive_buffer_bytes reconnect_backoff_ms
        request_timeout_ms retry_backoff_ms security_protocol send_buffer_bytes session_timeout_ms topics
        topics_pattern`,
    "codec json": "charset target ecs_compatibility",
    "filter json": `${everyFilter} skip_on_invalid_json source tag_on_failure target`,
    "filter mutate": `${everyFilter} capitalize coerce convert copy gsub join lowercase merge rename replace split strip
        tag_on_failure update uppercase`,
    "output elasticsearch": `codec enable_metric id action api_key bulk_path cloud_auth cloud_id custom_headers data_stream
        data_stream_auto_routing data_stream_dataset data_stream_namespace data_stream_sync_fields data_stream_type
        doc_as_upsert document_id ecs_compatibility healthcheck_path hosts ilm_enabled ilm_pattern ilm_policy
        ilm_rollover_alias index manage_template parameters password path pipeline pool_max pool_max_per_route proxy
        resurrect_delay retry_initial_interval retry_max_interval retry_on_conflict routing sniffing sniffing_delay
        sniffing_path template template_name template_overwrite timeout upsert user validate_after_inactivity version
        version_type`,
};

const isPlugin = (value: Value): value is Plugin =>
    typeof value === "object" && !Array.isArray(value) && "plugin" in value && "options" in value;

function unknown(kind: string, { plugin, options }: Plugin): string[] {
    const known = documented[`${kind} ${plugin}`]?.split(/\s+/);
    if (!known) return [`${kind} ${plugin}`];
    return Object.entries(options).flatMap(([name, value]) => [
        ...(known.includes(name) ? [] : [`${kind} ${plugin}: ${name}`]),
        ...(isPlugin(value) ? unknown(name, value) : []),
    ]);
}

describe("Logstash's pipeline", () => {
    const [output] = pipeline.output;
    const [input] = pipeline.input;

    it("has one input, one output and no plugin or option that a version from 7.17 to 9 lacks", () => {
        assert.deepEqual(Object.keys(pipeline), ["input", "filter", "output"]);
        assert.deepEqual([pipeline.input.length, pipeline.output.length], [1, 1]);
        const found = Object.entries(pipeline).flatMap(([kind, plugins]) =>
            plugins.flatMap((plugin) => unknown(kind, plugin)),
        );
        assert.deepEqual(found, []);
    });

    it("would not get an option past this test that only some versions have", () => {
        const wrong = parsePipeline('output { elasticsearch { hosts => ["h"] ssl => true } }\nfilter { ruby { } }');
        assert.deepEqual(unknown("output", wrong.output[0]), ["output elasticsearch: ssl"]);
        assert.deepEqual(unknown("filter", wrong.filter[0]), ["filter ruby"]);
    });

    it("takes from the environment what its stand-in takes, and nothing else", () => {
        const standIn = readFileSync(path.join(root, "rehearsal/mirror/image/logstash/stand-in.yml"), "utf8");
        assert.deepEqual(variables(text), variables(standIn));
    });

    it("names documents after what Filebeat sends, so that a line sent twice is there once", () => {
        assert.equal(output.options.document_id, "%{[@metadata][_id]}");
        assert.equal(output.options.action, "index");
        assert.equal(input.options.decorate_events, "basic");
        const [names] = pipeline.filter.filter(({ options }) => "add_field" in options);
        assert.match(JSON.stringify(names.options.add_field), /\[topic\].*\[partition\].*\[offset\]/);
    });

    it("leaves templates, aliases and life cycles to the stack", () => {
        const { manage_template, ilm_enabled, data_stream } = output.options;
        assert.deepEqual(
            { manage_template, ilm_enabled, data_stream },
            {
                manage_template: false,
                ilm_enabled: false,
                data_stream: "false",
            },
        );
    });
});

/** The variables that a text refers to, without those of its comments. */
function variables(source: string): string[] {
    const code = source.replace(/^\s*#.*$/gm, "");
    return [...new Set([...code.matchAll(/\$\{(\w+):?\}/g)].map(([, name]) => name))].sort();
}
