/** Figures of the bench as tables, and what they are held against. */
import { type Cost, median, spread } from "./speed-process.js";
import type { Absent, Tool } from "./speed-tools.js";

/** What one tool took for one application. */
export interface Figures {
  readonly tool: string;
  readonly count: number;
  readonly warm: readonly Cost[];
  readonly changed: readonly Cost[];
  readonly cold: readonly Cost[];
}

type State = "warm" | "changed" | "cold";

/** One thing the product promises of its speed. */
export interface Mark {
  readonly what: string;
  readonly value: number;
  readonly unit: "ms" | "×" | "MB/s";
  readonly atMost?: number;
  readonly atLeast?: number;
}

const own = "infra";
const mostGrowth = 10.5;
const timesFaster = 8;
/** Milliseconds beyond bare node. */
const limits: readonly (readonly [State, count: number, atMost: number])[] = [
  ["warm", 1, 40],
  ["warm", 1000, 80],
  ["warm", 10_000, 400],
  ["changed", 1, 150],
  ["changed", 1000, 350],
];

/** @param node - bare node, milliseconds. @param parsing - megabytes a second. */
export function marksOf(figures: readonly Figures[], node: number, parsing: number): readonly Mark[] {
  const wall = (tool: string, count: number, state: State): number => {
    const found = figures.find((one) => one.tool === tool && one.count === count);
    return median((found?.[state] ?? []).map((cost) => cost.wall));
  };
  const beyond = (count: number, state: State, tool = own) => wall(tool, count, state) - node;
  /** Where infra was no slower than bare node, nothing can be a multiple of the difference. */
  const times = (of: number, by: number) => (by > 0 ? of / by : Number.NaN);
  const counts = [...new Set(figures.map(({ count }) => count))];
  const growth = (["warm", "changed", "cold"] as const).flatMap((state) =>
    counts.map((count): Mark => {
      const value = times(beyond(count, state), beyond(count / 10, state));
      return {
        what: `compile, ${words[state]}: ${count} resources to ${count / 10}`,
        value,
        unit: "×",
        atMost: mostGrowth,
      };
    }),
  );
  const faster = ["cdk8s, tsx", "cdk8s, compiled"].flatMap((peer) =>
    counts.map((count): Mark => {
      const value = times(beyond(count, "warm", peer), beyond(count, "warm"));
      return {
        what: `compile against ${peer}, ${named(count)}, ${words.warm}`,
        value,
        unit: "×",
        atLeast: timesFaster,
      };
    }),
  );
  const jsonnet = counts
    .filter((count) => count >= 100)
    .map((count): Mark => {
      const value = times(wall("jsonnet", count, "warm"), beyond(count, "warm"));
      return {
        what: `compile against jsonnet, ${named(count)}, ${words.warm}`,
        value,
        unit: "×",
        atLeast: 1,
      };
    });
  return [
    ...limits.map(
      ([state, count, atMost]): Mark => ({
        what: `compile, ${words[state]}, ${named(count)}`,
        value: beyond(count, state),
        unit: "ms",
        atMost,
      }),
    ),
    ...growth,
    ...faster,
    ...jsonnet,
    { what: "`.infra` read to a tree", value: parsing, unit: "MB/s" as const, atLeast: 1 },
  ].filter(({ value }) => Number.isFinite(value)); // some sizes alone have not all figures, and some ratios no meaning
}

const words = {
  warm: "nothing changed",
  changed: "one file changed, types checked",
  cold: "no cache",
} as const;

function named(count: number): string {
  return `${count} resource${count === 1 ? "" : "s"}`;
}

export interface Report {
  readonly machine: string;
  /** Rounds of each size, and of the machine's processors how many had work while it ran. */
  readonly run: string;
  readonly node: number;
  readonly nodeSpread: number;
  readonly figures: readonly Figures[];
  readonly tools: readonly Tool[];
  readonly absent: readonly Absent[];
}

/** The whole report as Markdown. */
export function tables({ absent, figures, machine, node, nodeSpread, run, tools }: Report): string {
  const states = ["warm", "changed", "cold"] as const;
  const cell = (costs: readonly Cost[]) => {
    const walls = costs.map(({ wall }) => wall);
    return `${ms(median(walls))} ± ${number(spread(walls))}`;
  };
  const rows = figures.map((one) => [
    String(one.count),
    one.tool,
    ...states.map((state) => cell(one[state])),
    ms(median(one.warm.map(({ cpu }) => cpu))),
    ...(["warm", "cold"] as const).map(
      (state) => `${median(one[state].map(({ megabytes }) => megabytes)).toFixed(0)} MB`,
    ),
  ]);
  const heads = ["N", "tool", "nothing changed", "one file changed", "cold", "CPU", "peak", "peak, cold"];
  return `One application of N resources spelled out, in sources of 60 resources, for every tool in its own language: in turn a Deployment, its Service and a ConfigMap. *Nothing changed*: run again. *One file changed*: another number of pods in the last source; infra checks types, and so does *cdk8s, checked*; the others have none to check or skip it. *Cold*: no cache and no output. CPU and peak memory are of the whole tree and of its largest process, nothing changed. cdk8s uses its untyped objects, the least it can load.

${machine}. Bare \`node -e 0\`: ${ms(node)} ± ${number(nodeSpread)}. Whole processes, medians ± half the distance of quartiles; ${run}.

${table(heads, rows)}
${tools.map(({ name, title }) => `- ${name}: ${title}`).join("\n")}
${absent.map(({ name, why }) => `- ${name}: not measured; ${why}`).join("\n")}
`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  return (
    line(heads) + line(heads.map((_, index) => (index === 1 ? "---" : "---:"))) + rows.map(line).join("")
  );
}

function number(value: number): string {
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}

function ms(value: number): string {
  return `${number(value)} ms`;
}
