/** How fast `.infra` text becomes a tree, within one process. */
import { parseModule } from "../../compiler/language/parse.js";
import { median } from "./speed-process.js";
import { infraLanguage } from "./speed-stacks.js";

const rounds = 15;
const warmUps = 3;

/** @returns megabytes of source a second, the median once the process runs warm. */
export function parsingRate(): number {
  const files = [...infraLanguage(1000)].filter(([path]) => path.endsWith(".infra"));
  const text = files.map(([, content]) => content.replace(/^import .*\n/gm, "")).join("\n"); // as one file
  const megabytes = Buffer.byteLength(text) / 1e6;
  const rates = Array.from({ length: rounds }, () => {
    const started = performance.now();
    const { problems } = parseModule("main.infra", text);
    if (problems.length > 0) throw new Error(`the bench's own source is wrong: ${problems[0]?.text}`);
    return megabytes / ((performance.now() - started) / 1000);
  });
  return median(rates.slice(warmUps));
}
