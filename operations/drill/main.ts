import { randomInt } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseArgs } from "node:util";
import type { Stack } from "../status/stack";
import { drills } from "./drills";
import { type DrillRecord, passed } from "./record";
import { html, htmlOf } from "./report/html";
import { verdict, verdicts } from "./report/text";
import { draw, type Drawn, fits, inOrder } from "./runs/draw";
import { History } from "./runs/history";
import type { Session } from "./runs/session";

const flags = drills.flatMap((drill) =>
    Object.entries(drill.flags).map(([flag, what]) => `  --${flag}  (${drill.name}) ${what}\n`),
);

const usage = `npm run drill -- list | NAME | all | random [--stack NAME] [--host NAME] [--seed N] [--count N] [--short] [--json]:
a fault, and the proof that the stack holds it or that it is repaired; all of them, or some that are drawn
npm run drill -- tidy [--stack NAME]: puts back what a drill that was killed has left behind
  --host NAME   done to this host, where the drill takes one
  --seed N      (random) draws the same as it did with this number; another each time when it is not said
  --count N     (random) how many are drawn; 3 when it is not said
  --stack NAME  on this stack, not the selected one or that in STACK; its configuration must say drills: true
  --short       phases of some 20 s
  --json        what it saw, as one JSON document
${flags.join("")}Exit status: 0 every goal was met, or nothing is left, 1 one was missed, 2 it can't be told.`;

interface Options {
    names: string[];
    stack?: string;
    host?: string;
    seed: number;
    count: number;
    short: boolean;
    json: boolean;
    help: boolean;
    /** By the name of a drill's own flag. */
    flags: Record<string, unknown>;
}

function optionsOf(args: string[]): Options {
    const flag = { type: "boolean", default: false } as const;
    const text = { type: "string" } as const;
    const own = Object.fromEntries(drills.flatMap((drill) => Object.keys(drill.flags)).map((name) => [name, flag]));
    const common = { stack: text, host: text, seed: text, count: text, short: flag, json: flag, help: flag };
    const { values, positionals } = parseArgs({ args, options: { ...own, ...common }, allowPositionals: true });
    const { stack = process.env.STACK, host, short, json, help } = values;
    const seed = wholeNumber("--seed", values.seed, 0) ?? randomInt(2 ** 32);
    const count = wholeNumber("--count", values.count, 1) ?? 3;
    return {
        names: positionals,
        stack,
        host,
        seed,
        count,
        short,
        json,
        help,
        flags: values as Record<string, unknown>,
    };
}

function wholeNumber(name: string, text: string | undefined, least: number): number | undefined {
    if (text === undefined) return undefined;
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number < 2 ** 32) return number;
    throw new Error(`${name} ${text}: it must be a whole number from ${least} on\n${usage}`);
}

/** Where reports and the history are kept: beside what the region keeps, of stacks elsewhere too. */
function drillsFolder(): string {
    const state = process.env.XDG_STATE_HOME || path.join(os.homedir(), ".local", "state");
    return path.join(state, "test-cluster", "drills");
}

function reportFolder(name: string): string {
    return path.join(drillsFolder(), `${name}-${new Date().toISOString().replace(/\..*|[-:]/g, "")}`);
}

/** The drills that were named, or that a word stands for; how the run is called. */
function chosenOf({ names, seed, count, host }: Options, stack: () => Stack): { name: string; chosen: Drawn[] } {
    const [name, ...more] = names;
    if (more.length === 0 && name === "all") return { name, chosen: inOrder(drills, stack()) };
    if (more.length === 0 && name === "random") {
        return { name: `random --seed ${seed}`, chosen: draw(drills, stack(), seed, count) };
    }
    const drill = drills.find((each) => each.name === name);
    if (!drill || more.length > 0) {
        throw new Error(`${name ? `no drill ${names.join(" ")}` : "no drill named"}\n${usage}`);
    }
    return { name, chosen: [{ drill, host }] };
}

async function main(args: string[]): Promise<number> {
    const options = optionsOf(args);
    if (options.help) {
        console.log(usage);
        return 0;
    }
    if (options.names[0] === "list") {
        drills.forEach((drill) => console.log(`${drill.name}  ${drill.what}`));
        return 0;
    }
    const tidies = options.names.join(" ") === "tidy";
    // A name that there is none of needs no stack to be refused.
    if (!["random", "all"].includes(options.names[0]) && !tidies) chosenOf(options, () => fail());
    // The cloud's package, which it needs, is big: who only asks for the drills does not wait for it.
    const { Session } = await import("./runs/session.js");
    const session = new Session(options.stack);
    try {
        if (!tidies) return await run(session, options);
        await session.tidy();
        console.log(`stack ${session.stack.name} has its protection, and nothing that a drill installs is left`);
        return 0;
    } finally {
        session.close();
    }
}

const fail = (): never => {
    throw new Error("there is no stack yet");
};

async function run(session: Session, options: Options): Promise<number> {
    const { name, chosen } = chosenOf(options, () => session.stack);
    const history = new History(drillsFolder());
    const records: DrillRecord[] = [];
    let stopped: string | undefined;
    if (name === "all") {
        const left = drills.filter((drill) => !fits(drill, session.stack)).map((drill) => drill.name);
        if (left.length > 0)
            console.error(`not for stack ${session.stack.name}, which lacks what they need: ${left.join(", ")}`);
    }
    if (name !== options.names[0]) console.error(`npm run drill -- ${name} --count ${options.count}`);
    for (const [index, one] of chosen.entries()) {
        if (chosen.length > 1) {
            const on = one.host ? ` on ${one.host}` : "";
            console.error(`drill ${index + 1} of ${chosen.length}: ${one.drill.name}${on}`);
        }
        const asked = Object.keys(one.drill.flags).filter((flag) => options.flags[flag] === true);
        const record = await session.run(one, options.short, asked);
        record.last = history.last(record.drill, record.stack);
        history.append(record);
        records.push(record);
        const left = chosen.length - records.length;
        // A drill that came to its end has waited for the stack; what has just begun anew may not be ready yet.
        const patience = record.broken === undefined ? 60 : 0;
        const reason = left === 0 ? undefined : session.ended ? record.broken : await session.notWell(patience);
        if (reason === undefined) continue;
        stopped = `${left} of ${chosen.length} drills were not run: after ${record.drill} ${reason}`;
        break;
    }
    const folder = reportFolder(options.names[0]);
    fs.mkdirSync(folder, { recursive: true });
    const [record] = records;
    const several = chosen.length > 1;
    const document = JSON.stringify(several ? { name, stopped, records } : record, null, 2);
    fs.writeFileSync(path.join(folder, "record.json"), `${document}\n`);
    fs.writeFileSync(path.join(folder, "report.html"), several ? htmlOf(name, records, stopped) : html(record));
    console.log(options.json ? document : several ? verdicts(records, stopped) : verdict(record));
    console.error(`report: ${path.join(folder, "report.html")}`);
    if (records.some(({ broken }) => broken !== undefined)) return 2;
    return records.every(passed) && !stopped ? 0 : 1;
}

if (require.main === module) {
    main(process.argv.slice(2)).then(
        // When all is written: a pipe takes what a long drill has seen in pieces.
        (code) => process.stdout.write("", () => process.exit(code)),
        (error: Error) => {
            console.error(error.message);
            process.exitCode = 2;
        },
    );
}
