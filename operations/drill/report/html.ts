import * as fs from "node:fs";
import * as path from "node:path";
import { cell, escape, page, table } from "../../page/page";
import { type DrillRecord, passed } from "../record";
import { quantile, seconds } from "../verdict";
import { type Axis, type Curve, curves, phaseBand, strips, timeAxis } from "./plot";
import { sentence, times } from "./text";

/** The report of a drill: one page that needs nothing else, in light and dark. */
export function html(record: DrillRecord): string {
    return page(`${titleOf(record)}, ${dayOf(record)}`, body(record), style());
}

/** The report of several drills: an index with their times, then each. */
export function htmlOf(name: string, records: DrillRecord[], stopped?: string): string {
    const [first] = records;
    const title = `Drills, ${name}, on stack ${first.stack}`;
    const missed = records.filter((record) => !passed(record)).length;
    const text = missed > 0 ? `${missed} of ${records.length} drills missed a goal` : "Every drill met its goals";
    const reason = stopped ? `<p class="bad">${escape(stopped)}</p>` : "";
    const sections = records.map((record, index) => `<section id="drill-${index + 1}">\n${body(record)}\n</section>`);
    return page(
        `${title}, ${dayOf(first)}`,
        `<h1>${escape(title)}</h1>
<p class="quiet">${escape(dayOf(first))}</p>
<p class="verdict${missed > 0 || stopped ? " missed" : ""}">${text}</p>${reason}
${index(records)}
${sections.join("\n")}`,
        style(),
    );
}

function body(record: DrillRecord): string {
    const { what, facts, outcome } = record;
    return `<h1>${escape(titleOf(record))}</h1>
<p class="quiet">${escape(`${dayOf(record)}, ${seconds(record.seconds)}. ${what}.`)}</p>
${verdictOf(record)}
${outcome ? `<p>${escape(times(record))}</p>` : ""}
${goals(record)}
<div class="facts">
${facts.map(({ name, value }) => `<p>${escape(name)}: ${escape(value)}</p>`).join("\n")}
</div>
<h2>What happened</h2>
<div class="wide"><figure>
${drawings(record)}
</figure></div>
${phases(record)}
<h2>What was said</h2>
${messages(record)}`;
}

/** A line for each drill, its times against their goals and the last time's. */
function index(records: DrillRecord[]): string {
    const time = (now: number | undefined, goal?: number, last?: number) =>
        [
            now === undefined ? "" : seconds(now) + (goal === undefined ? "" : ` of ${seconds(goal)}`),
            last === undefined ? "" : `last time ${seconds(last)}`,
        ]
            .filter((text) => text !== "")
            .join(", ");
    const rows = records.map((record, number) => {
        const { drill, host = "", outcome = {}, last = {} } = record;
        const { notice, repair, lost, taken, goals } = outcome;
        const link = `<td><a href="#drill-${number + 1}">${escape(drill)}</a></td>`;
        return [
            cell(passed(record) ? "✔ met" : "✘ missed", `narrow ${passed(record) ? "good" : "bad"}`),
            link,
            cell(host, "narrow"),
            cell(time(notice, goals?.notice, last.notice), "narrow"),
            cell(time(repair, goals?.repair, last.repair), "narrow"),
            cell(lost === undefined ? "" : `${lost} of ${taken}`, "narrow"),
            cell(sentence(record)),
        ];
    });
    return table(["", "Drill", "Host", "Noticed", "Repaired", "Lost", ""], rows);
}

const style = () => fs.readFileSync(path.join(__dirname, "style.css"), "utf8");
const titleOf = ({ drill, stack, host }: DrillRecord) => `Drill ${drill} on stack ${stack}${host ? `, ${host}` : ""}`;
const dayOf = ({ began }: DrillRecord) => `${began.slice(0, 10)} ${began.slice(11, 16)} UTC`;

function verdictOf(record: DrillRecord): string {
    const { broken } = record;
    const text = sentence(record);
    const reason = broken ? `<p class="bad">${escape(broken)}</p>` : "";
    return `<p class="verdict${passed(record) ? "" : " missed"}">${escape(text[0].toUpperCase() + text.slice(1))}</p>${reason}`;
}

function goals({ wants }: DrillRecord): string {
    const rows = wants.map(({ what, wanted, got, met }) => [
        cell(met ? "✔ met" : "✘ missed", `narrow ${met ? "good" : "bad"}`),
        ...[cell(what), cell(wanted, "narrow"), cell(got)],
    ]);
    return table(["", "Goal", "Wanted", "Measured"], rows);
}

/** The course of a drill; a drawing of what was not looked at would say that there was nothing to see. */
function drawings(record: DrillRecord): string {
    const tries = [
        "<h3>Every try of every probe; below, minutes and seconds since the drill began</h3>",
        strips(record),
    ];
    return [
        phaseBand(record),
        ...memory(record),
        ...latency(record),
        ...(Object.keys(record.samples).length > 0 ? tries : []),
        timeAxis(record),
    ].join("\n");
}

function memory(record: DrillRecord): string[] {
    const hosts: Curve[] = Object.entries(record.memory).map(([name, samples]) => ({
        name,
        points: samples.map(({ at, used, of }) => ({ at, value: used / of })),
    }));
    if (hosts.length === 0) return [];
    return [
        "<h3>Memory used on each host, of what it has</h3>",
        legend(hosts),
        curves(record, "Memory by host", shares, hosts),
    ];
}

function latency(record: DrillRecord): string[] {
    const answers = record.samples["Kubernetes API"] ?? [];
    if (answers.length === 0) return [];
    const answered = { name: "get nodes", points: answers.map(({ at, seconds }) => ({ at, value: seconds })) };
    const failures = answers.flatMap(({ at, failure }) => (failure ? { at, text: failure } : []));
    const times = answers.map((answer) => answer.seconds);
    const summary = [0.5, 0.99, 1].map((share) => seconds(quantile(times, share)));
    return [
        "<h3>Kubernetes API: time to an answer (get nodes)</h3>",
        `<p class="quiet">p50 ${summary[0]}, p99 ${summary[1]}, longest ${summary[2]}; red: no answer</p>`,
        curves(record, "Latency of the Kubernetes API", logarithmic, [answered], failures),
    ];
}

const shares: Axis = {
    place: (value) => value,
    ticks: [0, 0.25, 0.5, 0.75, 1].map((value) => ({ value, label: `${value * 100} %` })),
    mark: { value: 0.85, label: "85 %" },
};

/** From a millisecond to ten seconds: both a quick answer and a slow one are to be seen. */
const logarithmic: Axis = {
    place: (value) => (Math.log10(Math.max(value, 0.001)) + 3) / 4,
    ticks: [0.001, 0.01, 0.1, 1, 10].map((value) => ({ value, label: seconds(value) })),
    mark: { value: 2, label: "goal: p99 under 2 s" },
};

function legend(all: Curve[]): string {
    const highest = ({ points }: Curve) =>
        quantile(
            points.map(({ value }) => value),
            1,
        );
    const items = all.map(
        (curve, index) =>
            `<span><i class="c${index % 6}"></i>${escape(curve.name)}, at most ${Math.round(highest(curve) * 100)} %</span>`,
    );
    return `<p class="legend quiet">${items.join("")}</p>`;
}

function phases(record: DrillRecord): string {
    const rows = record.phases.map(({ name, what, from, to }, index) => [
        ...[`${index + 1} ${name}`, seconds(from), seconds(to - from)].map((text) => cell(text, "narrow")),
        cell(what),
    ]);
    return table(["Phase", "Began after", "Took", ""], rows);
}

function messages(record: DrillRecord): string {
    if (record.messages.length === 0) return "<p>Nothing.</p>";
    const rows = record.messages.map(({ at, from, text, count }) => [
        cell(seconds(at), "narrow"),
        cell(from, "from"),
        cell(`${count} ×`, "narrow"),
        cell(text, "said"),
    ]);
    return table(["After", "From", "", ""], rows);
}
