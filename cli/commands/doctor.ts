import { type Finding, inspectHost } from "../../runtime/doctor/inspect-host.js";
import type { CommandRun } from "../program.js";
import { jsonText } from "../render/escape.js";

/** `infra doctor`: what this host can and cannot do, and what follows. Exit code 1 when infra cannot run here. */
export const run: CommandRun = async (context, _operands, options) => {
  const findings = await inspectHost({ root: context.root });
  const bad = findings.some(({ verdict }) => verdict === "missing");
  if (options["format"] === "json") context.out(jsonText({ formatVersion: 1, ok: !bad, findings }));
  else {
    const width = Math.max(...findings.map(({ what }) => what.length));
    const { green, red, yellow } = context.style;
    const marks: { readonly [verdict in Finding["verdict"]]: string } = {
      good: green("ok     "),
      limited: yellow("limited"),
      missing: red("missing"),
    };
    for (const { consequence, found, verdict, what } of findings) {
      context.out(`${marks[verdict]}  ${what.padEnd(width)}  ${found}\n`);
      if (consequence !== undefined) context.out(`${" ".repeat(9)}${consequence}\n`);
    }
  }
  return bad ? 1 : 0;
};
