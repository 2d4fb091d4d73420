import type { IncomingMessage, ServerResponse } from "node:http";
import type { ImageStore } from "../images/image-store.js";
import { failedMessage, formatBuildMessage, parseBuildRequest } from "./routes.js";

/** A graph names files and packages, never holds them. */
const requestLimitBytes = 16 * 1024 * 1024;

/** Serves `POST /infra/v1/builds`: progress as lines while it builds; the build ends when the client goes away. */
export async function serveBuild(
  images: ImageStore,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const abort = new AbortController();
  response.on("close", () => abort.abort());
  try {
    const { graph, sourceRoot } = parseBuildRequest(await bodyOf(request));
    response.writeHead(200, { "content-type": "application/jsonl" });
    response.flushHeaders();
    await images.build(
      graph,
      sourceRoot,
      (event) => response.write(formatBuildMessage({ type: "event", event })),
      abort.signal,
    );
    response.end(formatBuildMessage({ type: "end" }));
  } catch (error) {
    if (!response.headersSent) response.writeHead(200, { "content-type": "application/jsonl" });
    response.end(formatBuildMessage(failedMessage(error)));
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > requestLimitBytes)
      throw new RangeError(`A build request is at most ${requestLimitBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
