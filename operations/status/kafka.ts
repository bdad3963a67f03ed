import { randomBytes } from "node:crypto";
import { type ApiName, createTopic, fetch, produce, Reader, request } from "./kafkaProtocol";
import { waitFor } from "./wait";

/** A connection. */
export interface Wire {
    write(bytes: Buffer): void;
    /** What comes, until it ends; fails with the reason when it breaks. */
    chunks: AsyncIterator<Buffer>;
    close(): void;
}

const topic = "status";
/** Small and for an hour, so that nobody has to clean up. */
const settings = {
    "retention.ms": 3600_000,
    "segment.ms": 600_000,
    "retention.bytes": 2 ** 20,
    "segment.bytes": 2 ** 20,
};
/** Seconds that a new topic has until it takes a message. */
const patience = 5;
const unknownTopic = 3;
const alreadyThere = 36;

/**
 * Sends a message to Kafka, in a topic of its own, and reads it again where Kafka said that it is. Returns the seconds
 * of both. It speaks for itself: Kafka's own tools take a second of CPU and 100 MB each, on a host that may be short of it.
 * @throws Error with the reason
 */
export async function kafkaProbe(wire: Wire): Promise<number> {
    const broker = new Broker(wire);
    const message = randomBytes(16).toString("hex");
    try {
        // Any answer at all: the way there is not what is measured.
        await broker.ask("apiVersions", []);
        let began = Date.now();
        let { error, offset } = await send(broker, message);
        if (error === unknownTopic) {
            await create(broker);
            const sent = async () => {
                began = Date.now();
                ({ error, offset } = await send(broker, message));
                return error === 0;
            };
            await waitFor(sent, patience, "the new topic took no message");
        }
        if (error !== 0) throw new Error(`it refuses a message: error ${error} of its protocol`);
        if (!(await read(broker, offset)).includes(message)) throw new Error("another message came back than was sent");
        return (Date.now() - began) / 1000;
    } finally {
        wire.close();
    }
}

async function send(broker: Broker, message: string): Promise<{ error: number; offset: bigint }> {
    const answer = await broker.ask("produce", produce(topic, message));
    // One topic, its name, one partition, its number.
    answer.int32();
    answer.text();
    answer.int32();
    answer.int32();
    return { error: answer.int16(), offset: answer.int64() };
}

async function create(broker: Broker): Promise<void> {
    const answer = await broker.ask("createTopics", createTopic(topic, settings));
    // The time that it was held back, one topic, its name.
    answer.int32();
    answer.int32();
    answer.text();
    const error = answer.int16();
    if (error !== 0 && error !== alreadyThere) throw new Error(`it makes no topic: error ${error}: ${answer.text()}`);
}

async function read(broker: Broker, offset: bigint): Promise<Buffer> {
    const answer = await broker.ask("fetch", fetch(topic, offset));
    // The time that it was held back, one topic, its name, one partition, its number.
    answer.int32();
    answer.int32();
    answer.text();
    answer.int32();
    answer.int32();
    const error = answer.int16();
    if (error !== 0) throw new Error(`it gives no message back: error ${error} of its protocol`);
    // Two offsets, and aborted transactions by producer and offset.
    answer.int64();
    answer.int64();
    for (let aborted = answer.int32(); aborted > 0; aborted--) {
        answer.int64();
        answer.int64();
    }
    return answer.records();
}

/** One request at a time, and its answer. */
class Broker {
    private correlation = 0;
    private buffered: Buffer = Buffer.alloc(0);

    constructor(private readonly wire: Wire) {}

    async ask(api: ApiName, body: Buffer[]): Promise<Reader> {
        this.wire.write(request(api, ++this.correlation, ...body));
        const size = (await this.bytes(4)).readInt32BE();
        const answer = new Reader(await this.bytes(size));
        if (answer.int32() !== this.correlation) throw new Error("it answered something that was not asked");
        return answer;
    }

    private async bytes(size: number): Promise<Buffer> {
        while (this.buffered.length < size) {
            const { value, done } = await this.wire.chunks.next();
            if (done) throw new Error("the connection ended");
            this.buffered = Buffer.concat([this.buffered, value]);
        }
        const taken = this.buffered.subarray(0, size);
        this.buffered = this.buffered.subarray(size);
        return taken;
    }
}
