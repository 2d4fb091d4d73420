import { type FileHandle, open } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";
import { absent } from "./content-store.js";

export type OutputStream = "stdout" | "stderr";

const pieceBytes = 64 * 1024;

/**
 * Reads a growing CRI log: lines of `time stream F|P text`, where P says that the text's line goes on.
 *
 * Source: Kubernetes, design proposal "CRI: log format".
 */
export class LogFollower {
  readonly #path: string;
  readonly #onText: (stream: OutputStream, text: string) => void;
  readonly #decoder = new StringDecoder("utf8");
  readonly #unfinished = { stdout: "", stderr: "" };
  readonly #last: string[] = [];
  #file: FileHandle | undefined;
  #rest = "";

  /** @param onText - gets whole lines without their end, and what is left at the end. */
  constructor(path: string, onText: (stream: OutputStream, text: string) => void) {
    this.#path = path;
    this.#onText = onText;
  }

  /** Last lines of both streams, oldest first. */
  get lastLines(): readonly string[] {
    return this.#last;
  }

  /** Reports what was appended since. */
  async read(): Promise<void> {
    this.#file ??= await open(this.#path).catch((error) => absent(error, undefined));
    if (this.#file === undefined) return;
    const buffer = Buffer.alloc(pieceBytes);
    for (;;) {
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return;
      const lines = (this.#rest + this.#decoder.write(buffer.subarray(0, bytesRead))).split("\n");
      this.#rest = lines.pop() ?? "";
      for (const line of lines) this.#line(line);
    }
  }

  /** Reads to the end and reports lines that have none. */
  async close(): Promise<void> {
    try {
      await this.read();
      for (const stream of ["stdout", "stderr"] as const)
        if (this.#unfinished[stream] !== "") this.#tell(stream, "");
    } finally {
      await this.#file?.close();
      this.#file = undefined;
    }
  }

  #line(line: string): void {
    const [, stream, form, text = ""] = /^\S+ (stdout|stderr) ([FP]) (.*)$/s.exec(line) ?? [];
    if (stream !== "stdout" && stream !== "stderr") return; // only the shim writes here
    if (form === "F") this.#tell(stream, text);
    else this.#unfinished[stream] = (this.#unfinished[stream] + text).slice(-pieceBytes);
  }

  #tell(stream: OutputStream, text: string): void {
    const whole = this.#unfinished[stream] + text;
    this.#unfinished[stream] = "";
    this.#last.push(whole);
    if (this.#last.length > 20) this.#last.shift();
    this.#onText(stream, whole);
  }
}
