import { getSystemErrorName } from "node:util";
import type { Walls } from "../../compiler/typescript/guest/evaluator.js";
import { inspectWalls } from "../../compiler/typescript/walls.js";
import { type Finding, inspectHost } from "../../runtime/doctor/inspect-host.js";
import { createHost } from "../host.js";
import type { CommandRun } from "../program.js";
import { jsonText } from "../render/escape.js";

/** `infra doctor`: what this host can and cannot do, and what follows. Exit code 1 when infra cannot run here. */
export const run: CommandRun = async (context, _operands, options) => {
  const host = createHost(context.packageRoot, context.cache);
  const findings = [
    ...(await inspectHost({ root: context.root })),
    ...wallFindings(await inspectWalls(host)),
  ];
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

/** The walls around a program that is compiled; docs/hermetic.md says what each closes. */
const walls = {
  calls: ["system call filters", "a program that breaks out of its V8 context meets the other walls alone"],
  files: ["Landlock", "system call filters stand alone before files: Linux 5.13 has it"],
  namespaces: [
    "namespaces",
    "system call filters stand alone before the network; containers seldom allow them",
  ],
} as const satisfies { readonly [wall in keyof Walls]: readonly [what: string, consequence: string] };

function wallFindings(found: Walls | undefined): readonly Finding[] {
  return (["calls", "files", "namespaces"] as const).map((wall) => {
    const [name, consequence] = walls[wall];
    const what = `compile: ${name}`;
    if (found === undefined)
      return {
        what,
        verdict: "missing",
        found: "no program runs here",
        consequence: "run npm run build again",
      };
    const errno = found[wall];
    return errno === 0
      ? { what, verdict: "good", found: "closed" }
      : { what, verdict: "limited", found: `refused (${getSystemErrorName(-errno)})`, consequence };
  });
}
