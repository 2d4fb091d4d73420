import { constants, createDeflate, createInflate, type Deflate, type Inflate } from "node:zlib";

/** Bytes of the peer that are not SPDY/3.1. */
export class SpdyError extends Error {}

/** Words of the compression dictionary, each behind its length. Source: SPDY protocol, draft 3, section 2.6.10.1. */
const words =
  "options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow " +
  "authorization cache-control connection content-base content-encoding content-language content-length " +
  "content-location content-md5 content-range content-type date etag expect expires from host if-match " +
  "if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma " +
  "proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade " +
  "user-agent vary via warning www-authenticate method get status|200 OK|version|HTTP/1.1|url public set-cookie " +
  "keep-alive origin";

const rest =
  "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505" +
  "203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized" +
  "403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable" +
  "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT" +
  "chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain," +
  "text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.";

function makeDictionary(): Buffer {
  const [before = "", ok = "", version = "", http = "", after = ""] = words.split("|");
  const all = [...before.split(" "), ok, version, http, ...after.split(" ")];
  return Buffer.concat([...all.map(withLength), Buffer.from(rest, "latin1")]);
}

function withLength(text: string): Buffer {
  const bytes = Buffer.from(text, "latin1");
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

const dictionary = makeDictionary();

export type Headers = ReadonlyMap<string, string>;

/**
 * The header blocks of one connection. Each direction is one compressed stream, so blocks must be read and written in
 * the order of their frames.
 */
export class HeaderBlocks {
  readonly #inflate: Inflate = createInflate({ dictionary, finishFlush: constants.Z_SYNC_FLUSH });
  readonly #deflate: Deflate = createDeflate({ dictionary });

  /** @throws {SpdyError} */
  async read(block: Buffer): Promise<Headers> {
    const inflate = this.#inflate;
    const raw = await new Promise<Buffer>((resolve, reject) => {
      const fail = (error: Error) =>
        reject(new SpdyError(`headers cannot be decompressed: ${error.message}`));
      inflate.once("error", fail);
      inflate.write(block, () => {
        inflate.off("error", fail);
        resolve((inflate.read() as Buffer | null) ?? Buffer.alloc(0));
      });
    });
    return parseHeaders(raw);
  }

  async write(headers: Headers): Promise<Buffer> {
    const deflate = this.#deflate;
    const count = Buffer.alloc(4);
    count.writeUInt32BE(headers.size);
    deflate.write(Buffer.concat([count, ...[...headers].flat().map(withLength)]));
    await new Promise<void>((resolve) => deflate.flush(constants.Z_SYNC_FLUSH, resolve));
    return (deflate.read() as Buffer | null) ?? Buffer.alloc(0);
  }

  close(): void {
    this.#inflate.destroy();
    this.#deflate.destroy();
  }
}

function parseHeaders(raw: Buffer): Headers {
  const headers = new Map<string, string>();
  let at = 0;
  const number = () => {
    if (at + 4 > raw.length) throw new SpdyError("a header block ends early");
    at += 4;
    return raw.readUInt32BE(at - 4);
  };
  const text = () => {
    const length = number();
    if (length > raw.length - at) throw new SpdyError("a header block ends early");
    at += length;
    return raw.toString("latin1", at - length, at);
  };
  for (let left = number(); left > 0; left -= 1) headers.set(text().toLowerCase(), text());
  return headers;
}
