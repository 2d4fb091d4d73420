/**
 * What runs first, small so that it starts at once: an answer that still holds is given, and only otherwise the program
 * is loaded, with the machine code that V8 made of it at build time.
 */
import { existsSync, readFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { constants, Script } from "node:vm";
import { evaluatorProcess } from "../compiler/typescript/evaluator-process.js";
import { recallAnswer, summaryLine } from "./answers.js";
import { askedOfProcess, brokenPipeCode } from "./asked.js";
import { type StartedProcess, startEarly } from "./processes.js";

/** Of SHA-256. */
const digestBytes = 32;
const started = performance.now();
const asked = askedOfProcess(dirname(__dirname)); // this is dist/start.cjs
const isCompile = asked.args[0] === "compile";
const answer = isCompile ? recallAnswer(asked) : undefined;
if (answer === undefined)
  loadProgram(isCompile ? startEarly(...evaluatorProcess(asked.packageRoot)) : undefined);
else {
  say(2, answer.error);
  say(1, summaryLine(answer, performance.now() - started));
}

/**
 * Without a cache the program is compiled as it runs.
 *
 * @param started - makes itself ready on another processor meanwhile.
 */
function loadProgram(started: StartedProcess | undefined): void {
  const file = join(__dirname, "cli.cjs");
  const cachedData = codeCache(join(__dirname, "cli.cache"));
  const script = new Script(readFileSync(file, "latin1"), {
    filename: pathToFileURL(file).href,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  script.runInThisContext()(createRequire(file), pathToFileURL(file).href, started);
}

/** V8 refuses one of another Node or source, and would run a damaged one: a digest goes before it. */
function codeCache(path: string): Buffer | undefined {
  if (!existsSync(path)) return undefined;
  const content = readFileSync(path);
  const { createHash } = process.getBuiltinModule("node:crypto"); // only where it is needed
  const digest = createHash("sha256").update(content.subarray(digestBytes)).digest();
  return digest.equals(content.subarray(0, digestBytes)) ? content.subarray(digestBytes) : undefined;
}

/** `process.stdout` would say the same, and costs milliseconds where nothing else needs it. */
function say(descriptor: 1 | 2, text: string): void {
  let bytes = Buffer.from(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(writeSync(descriptor, bytes));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EPIPE") process.exit(brokenPipeCode);
    if (code !== "EAGAIN") throw error;
    (descriptor === 1 ? process.stdout : process.stderr).write(bytes); // waits until the pipe has room
  }
}
