import { messages } from "../../compiler/language/messages.js";
import { ModuleParser } from "../../compiler/language/parser.js";

/** A rule of the parser, as Chevrotain describes it. */
interface Production {
  readonly type: string;
  readonly name?: string;
  readonly label?: string;
  readonly definition?: readonly Production[];
  readonly separator?: Production;
}

/** The parser's own rules, in its order: those of definitions, then those of values, which it stands on. */
function rules(): readonly Production[] {
  const all = new ModuleParser(messages).getSerializedGastProductions() as readonly Production[];
  const first = all.findIndex(({ name }) => name === "module");
  return [...all.slice(first), ...all.slice(0, first)];
}

/** ISO 14977 in its common reading: `[ ]` at most once, `{ }` any number of times, `|` or. */
export function grammarText(): string {
  return rules()
    .map(({ definition = [], name = "" }) => `${ruleName(name)} = ${sequence(definition)} ;`)
    .join("\n");
}

function sequence(parts: readonly Production[]): string {
  return parts.map(text).join(" ");
}

function text(of: Production): string {
  const inner = of.definition ?? [];
  switch (of.type) {
    case "NonTerminal":
      return ruleName(of.name ?? "");
    case "Terminal":
      return terminal(of).includes(" | ") ? `( ${terminal(of)} )` : terminal(of);
    case "Option":
      return `[ ${sequence(inner)} ]`;
    case "Repetition":
      return `{ ${sequence(inner)} }`;
    case "RepetitionWithSeparator":
      return `[ ${sequence(inner)} { ${of.separator === undefined ? "" : terminal(of.separator)} ${sequence(inner)} } ]`;
    case "Alternation":
      if (isColon(of)) return '":"';
      return `( ${inner.map(({ definition = [] }) => sequence(definition)).join(" | ")} )`;
    default:
      throw new Error(`no notation for ${of.type}`);
  }
}

/** An entry's "=" is read to be reported: it is no part of the language. */
function isColon({ definition = [] }: Production): boolean {
  const names = definition.map((alternative) => alternative.definition?.[0]?.name);
  return names.length === 2 && names[0] === "Colon" && names[1] === "Equals";
}

function ruleName(name: string): string {
  return name.replaceAll(" ", "-");
}

/** Words as they are; classes of words in capitals. */
function terminal({ label = "", name = "" }: Production): string {
  if (name === "TextStart" || name === "TextEnd") return `'"'`;
  if (name === "BlockStart" || name === "BlockEnd") return `'"""'`;
  if (label.startsWith('"')) return label.replaceAll('" or "', '" | "').replaceAll('", "', '" | "');
  return name
    .replace(/Literal$/, "")
    .replace(/(?<=[a-z])(?=[A-Z])/g, "-")
    .toUpperCase();
}

/** A part of a diagram: its line enters at the left and leaves at the right, at height 0. */
interface Drawn {
  readonly width: number;
  /** Above and below the line. */
  readonly up: number;
  readonly down: number;
  draw(x: number, y: number): string;
}

const [gap, row, radius] = [12, 8, 6];

/** Railroad diagrams of all rules, one below the other. */
export function grammarDiagram(): string {
  let y = 0;
  let width = 0;
  const drawn = rules().map(({ definition = [], name = "" }) => {
    const track = inSequence(definition.map(part));
    const top = y + 22;
    const line = top + 10 + track.up;
    y = line + track.down + 14;
    width = Math.max(width, track.width + 2 * gap + 20);
    const x = 10 + gap;
    return `<text class="rule" x="10" y="${top}">${ruleName(name)}</text>
${stroke(`M10 ${line - 6}v12M10 ${line}h${gap}`)}${track.draw(x, line)}${stroke(`M${x + track.width} ${line}h${gap}m0 -6v12`)}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" font-family="monospace" font-size="13">
<title>Grammar of the .infra language</title>
<style>rect.t{fill:#e8f2e4;stroke:#4a7a3a}rect.n{fill:#e6edf8;stroke:#3a5a8a}path{fill:none;stroke:#666}.rule{font-weight:bold}rect.back{fill:#fff}</style>
<rect class="back" width="${width}" height="${y}"/>
${drawn.join("\n")}
</svg>
`;
}

function part(of: Production): Drawn {
  const inner = of.definition ?? [];
  switch (of.type) {
    case "NonTerminal":
      return box(ruleName(of.name ?? ""), "n");
    case "Terminal":
      return box(terminal(of), "t");
    case "Option":
      return optional(inSequence(inner.map(part)));
    case "Repetition":
      return optional(repeated(inSequence(inner.map(part)), undefined));
    case "RepetitionWithSeparator":
      return optional(
        repeated(inSequence(inner.map(part)), of.separator === undefined ? undefined : part(of.separator)),
      );
    case "Alternation":
      if (isColon(of)) return box('":"', "t");
      return choice(inner.map(({ definition = [] }) => inSequence(definition.map(part))));
    default:
      throw new Error(`no picture for ${of.type}`);
  }
}

function box(label: string, kind: "t" | "n"): Drawn {
  const width = label.length * 8 + 16;
  return {
    width,
    up: 11,
    down: 11,
    draw: (x, y) =>
      `<rect class="${kind}" x="${x}" y="${y - 11}" width="${width}" height="22" rx="${kind === "t" ? 10 : 2}"/><text x="${x + 8}" y="${y + 4}">${escaped(label)}</text>`,
  };
}

function inSequence(parts: readonly Drawn[]): Drawn {
  return {
    width: parts.reduce((sum, { width }) => sum + width, 0) + gap * Math.max(0, parts.length - 1),
    up: Math.max(0, ...parts.map(({ up }) => up)),
    down: Math.max(0, ...parts.map(({ down }) => down)),
    draw(x, y) {
      let at = x;
      return parts
        .map((one, index) => {
          const joint = index === 0 ? "" : stroke(`M${at} ${y}h${gap}`);
          at += index === 0 ? 0 : gap;
          const picture = one.draw(at, y);
          at += one.width;
          return joint + picture;
        })
        .join("");
    },
  };
}

function choice(parts: readonly Drawn[]): Drawn {
  const inner = Math.max(...parts.map(({ width }) => width));
  const width = inner + 4 * radius;
  const heights = parts.map(({ down, up }) => up + down);
  const [first] = parts;
  return {
    width,
    up: first?.up ?? 0,
    down: heights.reduce((sum, height) => sum + height + row, 0) - row - (first?.up ?? 0),
    draw(x, y) {
      let top = y - (first?.up ?? 0);
      return parts
        .map((one, index) => {
          const line = top + one.up;
          top += one.up + one.down + row;
          const drop = line - y;
          const left =
            index === 0
              ? `M${x} ${y}h${2 * radius}`
              : `M${x} ${y}q${radius} 0 ${radius} ${radius}V${line - radius}q0 ${radius} ${radius} ${radius}`;
          const from = x + 2 * radius + one.width;
          const right =
            index === 0
              ? `M${from} ${y}H${x + width}`
              : `M${from} ${line}H${x + width - 2 * radius}q${radius} 0 ${radius} ${-radius}V${y + radius}q0 ${-radius} ${radius} ${-radius}`;
          return stroke(left) + one.draw(x + 2 * radius, y + drop) + stroke(right);
        })
        .join("");
    },
  };
}

/** Past it, above. */
function optional(of: Drawn): Drawn {
  const width = of.width + 4 * radius;
  const rise = of.up + row;
  return {
    width,
    up: rise,
    down: of.down,
    draw: (x, y) =>
      stroke(`M${x} ${y}h${2 * radius}M${x + width - 2 * radius} ${y}h${2 * radius}`) +
      of.draw(x + 2 * radius, y) +
      stroke(
        `M${x} ${y}q${radius} 0 ${radius} ${-radius}V${y - rise + radius}q0 ${-radius} ${radius} ${-radius}H${x + width - 2 * radius}q${radius} 0 ${radius} ${radius}V${y - radius}q0 ${radius} ${radius} ${radius}`,
      ),
  };
}

/** Back to its beginning, below, by way of what separates. */
function repeated(of: Drawn, separator: Drawn | undefined): Drawn {
  const width = Math.max(of.width, (separator?.width ?? 0) + 2 * radius) + 4 * radius;
  const drop = of.down + row + (separator?.up ?? 0);
  return {
    width,
    up: of.up,
    down: drop + (separator?.down ?? 0),
    draw(x, y) {
      const end = x + width;
      const line = y + drop;
      const middle = x + (width - (separator?.width ?? 0)) / 2;
      return (
        stroke(`M${x} ${y}h${2 * radius}M${x + 2 * radius + of.width} ${y}H${end}`) +
        of.draw(x + 2 * radius, y) +
        stroke(
          `M${end - 2 * radius} ${y}q${radius} 0 ${radius} ${radius}V${line - radius}q0 ${radius} ${-radius} ${radius}H${middle + (separator?.width ?? 0)}M${middle} ${line}H${x + 2 * radius}q${-radius} 0 ${-radius} ${-radius}V${y + radius}q0 ${-radius} ${radius} ${-radius}`,
        ) +
        (separator?.draw(middle, line) ?? "")
      );
    },
  };
}

function stroke(path: string): string {
  return `<path d="${path}"/>`;
}

function escaped(label: string): string {
  return label.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
