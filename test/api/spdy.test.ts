import { once } from "node:events";
import { type Duplex, duplexPair } from "node:stream";
import test from "ava";
import fc from "fast-check";
import { serveSpdy } from "../../runtime/api/spdy/connection.js";
import {
  controlFrame,
  dataFrame,
  FrameReader,
  frameTypes,
  withStream,
} from "../../runtime/api/spdy/frames.js";
import { HeaderBlocks, SpdyError } from "../../runtime/api/spdy/header-block.js";

test("header blocks follow each other through one compression", async (t) => {
  const [ours, theirs] = [new HeaderBlocks(), new HeaderBlocks()];
  t.teardown(() => ours.close());
  t.teardown(() => theirs.close());
  for (const port of ["80", "80", "443"]) {
    const headers = new Map([
      ["streamtype", "data"],
      ["port", port],
    ]);
    t.deepEqual(await theirs.read(await ours.write(headers)), headers);
  }
  await t.throwsAsync(theirs.read(Buffer.from("nonsense")), { instanceOf: SpdyError });
});

test("frames are found however the bytes are cut", (t) => {
  const bytes = Buffer.concat([
    dataFrame(1, false, Buffer.from("hello")),
    controlFrame(frameTypes.ping, Buffer.from([0, 0, 0, 1])),
    dataFrame(3, true, Buffer.alloc(0)),
  ]);
  const whole = new FrameReader().push(bytes);
  t.is(whole.length, 3);
  const cuts = fc.array(fc.nat(bytes.length), { maxLength: 6 });
  const same = (at: readonly number[]) => {
    const ends = [...at, bytes.length].sort((a, b) => a - b);
    const reader = new FrameReader();
    const frames = ends.flatMap((end, index) => reader.push(bytes.subarray(ends[index - 1] ?? 0, end)));
    t.deepEqual(frames, whole);
  };
  t.notThrows(() => fc.assert(fc.property(cuts, same), { numRuns: 50 }));
});

/** A client's end of a served connection, and how serving it ended. */
function serve(onStream: (stream: Duplex, headers: ReadonlyMap<string, string>) => void) {
  const [client, server] = duplexPair();
  return { client, ended: serveSpdy(server, onStream) };
}

async function synStream(blocks: HeaderBlocks, id: number): Promise<Buffer> {
  const block = await blocks.write(new Map([["streamtype", "data"]]));
  return controlFrame(frameTypes.synStream, withStream(id, Buffer.concat([Buffer.alloc(6), block])));
}

test("a stream echoes, with each side ending by itself", async (t) => {
  const blocks = new HeaderBlocks();
  t.teardown(() => blocks.close());
  const { client, ended } = serve((stream, headers) => {
    t.is(headers.get("streamtype"), "data");
    stream.pipe(stream);
  });
  client.write(await synStream(blocks, 1));
  client.write(dataFrame(1, false, Buffer.from("hello")));
  client.write(dataFrame(1, true, Buffer.alloc(0)));
  const reader = new FrameReader();
  const data: Buffer[] = [];
  for await (const chunk of client.iterator({ destroyOnReturn: false })) {
    let over = false;
    for (const frame of reader.push(chunk as Buffer)) {
      if (frame.control) continue;
      data.push(frame.payload);
      over = frame.fin;
    }
    if (over) break;
  }
  t.is(Buffer.concat(data).toString(), "hello");
  client.end();
  await ended;
});

test("streams are destroyed with their connection", async (t) => {
  const blocks = new HeaderBlocks();
  t.teardown(() => blocks.close());
  let opened: (stream: Duplex) => void = () => undefined;
  const stream = new Promise<Duplex>((resolve) => {
    opened = resolve;
  });
  const { client, ended } = serve(opened);
  client.write(await synStream(blocks, 1));
  const held = await stream;
  const closed = once(held, "close");
  client.end();
  await ended;
  await closed;
  t.true(held.destroyed);
});

test("whatever a peer sends, serving it ends with it", async (t) => {
  const garbage = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 });
  const ends = async (chunks: readonly Uint8Array[]) => {
    const { client, ended } = serve((stream) => stream.on("error", () => undefined).resume());
    client.resume();
    client.write(Buffer.from([0x80, 3, 0, 1]));
    for (const chunk of chunks) client.write(chunk);
    client.end();
    const error = await ended.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return error === undefined || error instanceof SpdyError;
  };
  await t.notThrowsAsync(fc.assert(fc.asyncProperty(garbage, ends), { numRuns: 100 }));
});
