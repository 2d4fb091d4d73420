/* Static checks, silent when all is well: format and lint, types, dead code. */
import { installPackages, shell } from "./setup.mjs";

installPackages();
const $ = await shell();
await $({ stdio: ["ignore", "ignore", "inherit"] })`npx biome check --error-on-warnings --log-level=warn .`;
await $`node node_modules/typescript7/bin/tsc --project .`;
await $`npx knip --no-progress`;
