import * as fs from "node:fs";
import * as path from "node:path";
import { cell, escape, page, table } from "../../page/page";
import { type DrillRecord, passed } from "../record";
import { quantile, seconds } from "../verdict";
import { type Axis, type Curve, curves, phaseBand, strips, timeAxis } from "./plot";
import { sentence } from "./text";

/** The report of a drill: one page that needs nothing else, in light and dark. */
export function html(record: DrillRecord): string {
    const { drill, stack, began, what, facts } = record;
    const style = fs.readFileSync(path.join(__dirname, "style.css"), "utf8");
    const title = `Drill ${drill} on stack ${stack}`;
    const day = `${began.slice(0, 10)} ${began.slice(11, 16)} UTC`;
    return page(
        `${title}, ${day}`,
        `<h1>${escape(title)}</h1>
<p class="quiet">${escape(`${day}, ${seconds(record.seconds)}. ${what}.`)}</p>
${verdictOf(record)}
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
${messages(record)}`,
        style,
    );
}

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

function drawings(record: DrillRecord): string {
    const memory: Curve[] = Object.entries(record.memory).map(([name, samples]) => ({
        name,
        points: samples.map(({ at, used, of }) => ({ at, value: used / of })),
    }));
    const answers = record.samples["Kubernetes API"] ?? [];
    const latency = { name: "get nodes", points: answers.map(({ at, seconds }) => ({ at, value: seconds })) };
    const failures = answers.flatMap(({ at, failure }) => (failure ? { at, text: failure } : []));
    const times = answers.map((answer) => answer.seconds);
    const summary = [0.5, 0.99, 1].map((share) => seconds(quantile(times, share)));
    return [
        phaseBand(record),
        "<h3>Memory used on each host, of what it has</h3>",
        legend(memory),
        curves(record, "Memory by host", shares, memory),
        "<h3>Kubernetes API: time to an answer (get nodes)</h3>",
        `<p class="quiet">p50 ${summary[0]}, p99 ${summary[1]}, longest ${summary[2]}; red: no answer</p>`,
        curves(record, "Latency of the Kubernetes API", logarithmic, [latency], failures),
        "<h3>Every try of every probe; below, minutes and seconds since the drill began</h3>",
        strips(record),
        timeAxis(record),
    ].join("\n");
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
