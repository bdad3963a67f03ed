/** The little of Kafka's protocol that a message and its way back need, in versions that 2.1 and later answer. */

/** What is asked, with the versions of the requests below. */
const apis = {
    produce: { key: 0, version: 3 },
    fetch: { key: 1, version: 4 },
    apiVersions: { key: 18, version: 0 },
    createTopics: { key: 19, version: 2 },
};
export type ApiName = keyof typeof apis;

export const int8 = (value: number) => number(1, (bytes) => bytes.writeInt8(value));
export const int16 = (value: number) => number(2, (bytes) => bytes.writeInt16BE(value));
export const int32 = (value: number) => number(4, (bytes) => bytes.writeInt32BE(value));
export const int64 = (value: bigint | number) => number(8, (bytes) => bytes.writeBigInt64BE(BigInt(value)));
export const text = (value: string) => Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)]);
export const list = (...items: Buffer[]) => Buffer.concat([int32(items.length), ...items]);

function number(size: number, write: (bytes: Buffer) => void): Buffer {
    const bytes = Buffer.alloc(size);
    write(bytes);
    return bytes;
}

/** A small number as records have it: zigzag, seven bits a byte. */
function varint(value: number): Buffer {
    const bytes: number[] = [];
    let rest = value < 0 ? -2 * value - 1 : 2 * value;
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
    return Buffer.from([...bytes, rest]);
}

/** A request as it goes over the wire. */
export function request(api: ApiName, correlation: number, ...body: Buffer[]): Buffer {
    const { key, version } = apis[api];
    const all = Buffer.concat([int16(key), int16(version), int32(correlation), text("status"), ...body]);
    return Buffer.concat([int32(all.length), all]);
}

export function createTopic(topic: string, settings: Record<string, string | number>): Buffer[] {
    const pairs = Object.entries(settings).map(([key, value]) => Buffer.concat([text(key), text(String(value))]));
    const wanted = Buffer.concat([text(topic), int32(1), int16(1), list(), list(...pairs)]);
    return [list(wanted), int32(5000), int8(0)];
}

/** A message into partition 0, acknowledged by all copies. */
export function produce(topic: string, message: string): Buffer[] {
    const records = batch(Buffer.from(message));
    const partition = Buffer.concat([int32(0), int32(records.length), records]);
    return [int16(-1), int16(-1), int32(5000), list(Buffer.concat([text(topic), list(partition)]))];
}

/** What is in partition 0 from an offset on, some 4 KiB of it. */
export function fetch(topic: string, offset: bigint): Buffer[] {
    const partition = Buffer.concat([int32(0), int64(offset), int32(4096)]);
    return [
        int32(-1),
        int32(1000),
        int32(1),
        int32(4096),
        int8(0),
        list(Buffer.concat([text(topic), list(partition)])),
    ];
}

/** One record in a batch of its own. */
function batch(value: Buffer): Buffer {
    const now = int64(Date.now());
    const inner = Buffer.concat([int8(0), varint(0), varint(0), varint(-1), varint(value.length), value, varint(0)]);
    const record = Buffer.concat([varint(inner.length), inner]);
    // Attributes, last offset, times, no producer id, one record.
    const summed = Buffer.concat([
        ...[int16(0), int32(0), now, now, int64(-1), int16(-1), int32(-1)],
        ...[int32(1), record],
    ]);
    const crc = number(4, (bytes) => bytes.writeUInt32BE(crc32c(summed)));
    const rest = Buffer.concat([int32(-1), int8(2), crc, summed]);
    return Buffer.concat([int64(0), int32(rest.length), rest]);
}

/** CRC-32C, Castagnoli's. */
export function crc32c(bytes: Buffer): number {
    let crc = 0xffffffff;
    for (const byte of bytes) {
        crc ^= byte;
        for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    }
    return (crc ^ 0xffffffff) >>> 0;
}

/** Reads an answer from its beginning on. */
export class Reader {
    private at = 0;

    constructor(private readonly bytes: Buffer) {}

    int16(): number {
        return this.bytes.readInt16BE(this.skip(2));
    }

    int32(): number {
        return this.bytes.readInt32BE(this.skip(4));
    }

    int64(): bigint {
        return this.bytes.readBigInt64BE(this.skip(8));
    }

    /** Empty where there is none. */
    text(): string {
        return this.take(this.int16()).toString();
    }

    /** Empty where there are none. */
    records(): Buffer {
        return this.take(this.int32());
    }

    private take(size: number): Buffer {
        const from = this.skip(Math.max(0, size));
        return this.bytes.subarray(from, this.at);
    }

    /** Where the next bytes begin, which are passed. */
    private skip(size: number): number {
        this.at += size;
        return this.at - size;
    }
}
