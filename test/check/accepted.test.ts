import test from "ava";
import type { Diagnostic } from "../../compiler/diagnostics/reporter.js";
import { runCli } from "../support/cli.js";
import { stackFolder } from "../support/stack-folder.js";

for (const [reason, given] of Object.entries({
  nothing: 'accept(config, "config-secret")',
  "no text": 'accept(config, "config-secret", "")',
  blanks: 'accept(config, "config-secret", " \\u00a0\\n")',
  "a number": 'accept(config, "config-secret", 1)',
}))
  test(`an acceptance needs a reason: ${reason}`, async (t) => {
    const source = `import { accept, configMap } from "infra";
const config = configMap("a", { PASSWORD: "x" });
export const a = ${given};
`;
    const work = await stackFolder(t, { "infra.ts": source });
    const { out } = await runCli(work, ["compile", "--no-check", "--format", "json"]);
    const { diagnostics } = JSON.parse(out) as { readonly diagnostics: readonly Diagnostic[] };
    t.deepEqual(
      diagnostics.map(({ message, span }) => [message, span?.start.line, span?.start.column]),
      [['accept(…, "config-secret") gives no reason', 3, 18]],
    );
  });
