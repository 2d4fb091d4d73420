/* Static checks, silent when all is well: format and lint, types, dead code. */
import { run } from "./setup.mjs";

run("npx", ["biome", "check", "--error-on-warnings", "--log-level=warn", "."], {
  stdio: ["ignore", "ignore", "inherit"],
});
run("node", ["node_modules/typescript7/bin/tsc", "--project", "."]);
run("npx", ["knip", "--no-progress"]);
