/**
 * What runs first, small so that it starts at once: an answer that still holds is given, and only otherwise the program
 * is loaded, with the machine code that V8 made of it at build time.
 */
import { existsSync, readFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { constants, Script } from "node:vm";
import { recallAnswer, summaryLine } from "./answers.js";
import { askedOfProcess, brokenPipeCode } from "./asked.js";

const started = performance.now();
const asked = askedOfProcess(dirname(__dirname)); // this is dist/start.cjs
const answer = asked.args[0] === "compile" ? recallAnswer(asked) : undefined;
if (answer === undefined) loadProgram();
else {
  say(2, answer.error);
  say(1, summaryLine(answer, performance.now() - started));
}

/** A cache that another Node made is refused by V8 itself, and the program compiled as it runs. */
function loadProgram(): void {
  const file = join(__dirname, "cli.cjs");
  const cache = join(__dirname, "cli.cache");
  const script = new Script(readFileSync(file, "utf8"), {
    filename: pathToFileURL(file).href,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(existsSync(cache) ? { cachedData: readFileSync(cache) } : {}),
  });
  script.runInThisContext()(createRequire(file), pathToFileURL(file).href);
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
