import { strict as assert } from "node:assert";
import { kafkaProbe, type Wire } from "../../../operations/status/kafka";
import { crc32c, int16, int32, int64, list, Reader, text } from "../../../operations/status/kafkaProtocol";

/** Stands in for a broker: keeps one topic's records, in answers of the versions that are asked for. */
class StandInBroker {
    topic = true;
    readonly made: Buffer[] = [];
    readonly records: Buffer[] = [];
    refusal = 0;
    /** What it gives back of what it has. */
    given = (records: Buffer) => records;
    closed = false;

    wire(): Wire {
        const answers: Buffer[] = [];
        const read = async (): Promise<IteratorResult<Buffer>> => {
            const value = answers.shift();
            if (!value) throw new Error("channel 0: open failed: Connection refused");
            return { value };
        };
        const write = (bytes: Buffer) => {
            const answer = this.answer(bytes.subarray(4));
            // In two pieces, as it may come.
            if (answer) answers.push(answer.subarray(0, 7), answer.subarray(7));
        };
        return { write, chunks: { next: read }, close: () => (this.closed = true) };
    }

    private answer(bytes: Buffer): Buffer | undefined {
        const request = new Reader(bytes);
        const [api, version, correlation] = [request.int16(), request.int16(), request.int32()];
        assert.equal(request.text(), "status");
        const named = (...rest: Buffer[]) => list(Buffer.concat([text("status"), ...rest]));
        const known = new Map([
            ["0.3", this.produce],
            ["1.4", this.fetch],
            ["18.0", () => Buffer.alloc(6)],
            ["19.2", this.create],
        ]);
        const body = known.get(`${api}.${version}`);
        assert.ok(body, `no request of kind ${api}, version ${version}`);
        const all = Buffer.concat([int32(correlation), body.call(this, request, bytes, named)]);
        return Buffer.concat([int32(all.length), all]);
    }

    private produce(request: Reader, _: Buffer, named: (...rest: Buffer[]) => Buffer): Buffer {
        assert.deepEqual([request.int16(), request.int16()], [-1, -1]);
        request.int32();
        assert.deepEqual([request.int32(), request.text(), request.int32(), request.int32()], [1, "status", 1, 0]);
        const records = request.records();
        const error = this.refusal || (this.topic ? 0 : 3);
        if (!error) this.records.push(checked(records));
        const offset = BigInt(this.records.length - 1);
        return Buffer.concat([
            named(list(Buffer.concat([int32(0), int16(error), int64(offset), int64(-1)]))),
            int32(0),
        ]);
    }

    private fetch(request: Reader, bytes: Buffer, named: (...rest: Buffer[]) => Buffer): Buffer {
        for (let i = 0; i < 4; i++) request.int32();
        // The isolation level is one byte: what follows is read from its end.
        const offset = bytes.readBigInt64BE(bytes.length - 12);
        const records = this.given(this.records[Number(offset)]);
        const partition = [int32(0), int16(0), int64(offset + 1n), int64(offset + 1n), list(), int32(records.length)];
        return Buffer.concat([int32(0), named(list(Buffer.concat([...partition, records])))]);
    }

    private create(_: Reader, bytes: Buffer, named: (...rest: Buffer[]) => Buffer): Buffer {
        this.made.push(bytes);
        this.topic = true;
        return Buffer.concat([int32(0), named(int16(0), int16(-1))]);
    }
}

/** A batch as a broker takes it: of its length, with its checksum. */
function checked(batch: Buffer): Buffer {
    assert.equal(batch.readInt32BE(8), batch.length - 12);
    assert.equal(batch.readInt8(16), 2);
    assert.equal(batch.readUInt32BE(17), crc32c(batch.subarray(21)));
    assert.equal(batch.readInt32BE(57), 1);
    return batch;
}

describe("a message through Kafka", () => {
    let broker: StandInBroker;
    beforeEach(() => (broker = new StandInBroker()));

    it("is sent, read where it is, and the connection closed", async () => {
        const seconds = await kafkaProbe(broker.wire());
        assert.ok(seconds >= 0 && seconds < 2);
        assert.match(broker.records[0].toString("latin1"), /[0-9a-f]{32}/);
        assert.deepEqual([broker.made.length, broker.closed], [0, true]);
    });

    it("has a topic of its own, made once, with small retention", async () => {
        broker.topic = false;
        await kafkaProbe(broker.wire());
        await kafkaProbe(broker.wire());
        assert.equal(broker.made.length, 1);
        assert.match(broker.made[0].toString("latin1"), /retention\.ms.*3600000.*retention\.bytes.*1048576/s);
        assert.equal(broker.records.length, 2);
    });

    it("fails when it is refused, when another comes back, when there is no connection", async () => {
        broker.refusal = 19;
        await assert.rejects(kafkaProbe(broker.wire()), /refuses a message: error 19/);
        broker.refusal = 0;
        broker.given = (records) => Buffer.alloc(records.length);
        await assert.rejects(kafkaProbe(broker.wire()), /another message came back/);
        const deaf: Wire = { ...broker.wire(), write: () => undefined };
        await assert.rejects(kafkaProbe(deaf), /Connection refused/);
    });

    it("has the checksum that Kafka has", () => {
        assert.equal(crc32c(Buffer.from("123456789")), 0xe3069283);
    });
});
