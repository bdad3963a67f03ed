import { StringDecoder } from "node:string_decoder";

type Stream = "stdout" | "stderr";

/** What a command writes: kept whole, and shown line by line while it runs. */
export class Transcript {
    private readonly chunks: Record<Stream | "combined", Buffer[]> = { stdout: [], stderr: [], combined: [] };
    private readonly decoders = { stdout: new StringDecoder(), stderr: new StringDecoder() };
    private readonly lines = { stdout: "", stderr: "" };

    /**
     * @param logging which streams to show: `stdout`, `stderr`, `stdoutAndStderr` or `none`; without it, both
     * @param show gets each line without its end
     */
    constructor(
        private readonly logging: string | undefined,
        private readonly show: (line: string) => void,
    ) {}

    write(stream: Stream, chunk: Buffer): void {
        this.chunks[stream].push(chunk);
        this.chunks.combined.push(chunk);
        if (this.shows(stream)) {
            const lines = (this.lines[stream] + this.decoders[stream].write(chunk)).split("\n");
            this.lines[stream] = lines.pop() ?? "";
            lines.forEach((line) => this.show(line.replace(/\r$/, "")));
        }
    }

    /** Shows last lines that have no end. */
    end(): void {
        for (const stream of ["stdout", "stderr"] as const) {
            const rest = this.lines[stream] + this.decoders[stream].end();
            this.lines[stream] = "";
            if (rest) {
                this.show(rest);
            }
        }
    }

    /** The whole stream without the end of its last line; `combined` is both in the order of arrival, as it came. */
    text(stream: Stream | "combined"): string {
        const text = Buffer.concat(this.chunks[stream]).toString();
        return stream === "combined" ? text : text.replace(/\n$/, "");
    }

    private shows(stream: Stream): boolean {
        return this.logging === undefined || this.logging === "stdoutAndStderr" || this.logging === stream;
    }
}
