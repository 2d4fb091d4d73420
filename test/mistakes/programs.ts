import type { Mistake } from "./rows.js";

/** A row as a file: the program, and where in it the mistake stands; lines and columns from 1, the end excluded. */
export interface Program {
  readonly file: string;
  readonly text: string;
  readonly line: number;
  readonly columns: readonly [start: number, end: number];
}

const known = {
  infra:
    "autoscaler claim configMap cronJob daemonSet deployment disruptionBudget file generated image job scratch secret service serviceAccount",
  "./common.js": "api clerk disk front once password settings web",
  "infra/kubernetes": "apps core",
};

/** Imports what the row uses, exports what it makes. */
export function programOf({ source }: Mistake, index: number): Program {
  const name = `${String.fromCharCode(97 + Math.floor(index / 26))}${String.fromCharCode(97 + (index % 26))}`;
  const lines = source
    .replaceAll(/\bxx\b|(?<=Bad_)xx/g, name)
    .replaceAll(/\bx([yz])\b/g, `${name}$1`)
    .split("\n");
  const imports = Object.entries(known).flatMap(([from, names]) => {
    const used = names
      .split(" ")
      .filter((one) => new RegExp(`(?<![\\w."/])${one}\\b`).test(lines.join("\n").replaceAll(/[⟦⟧]/g, "")));
    return used.length === 0 ? [] : [`import { ${used.join(", ")} } from "${from}";`];
  });
  const statements = lines.map((line, at) =>
    /^(⟦)?\w+(⟧)?[.(]/.test(line) ? `export const m${at} = ${line}` : line,
  );
  const marked = [...imports, ...statements];
  const row = marked.findIndex((line) => line.includes("⟦"));
  const start = marked[row]?.indexOf("⟦") ?? -1;
  const end = (marked[row]?.indexOf("⟧") ?? 0) - 1;
  return {
    file: `${name}.ts`,
    text: `${marked.join("\n").replaceAll(/[⟦⟧]/g, "")}\n`,
    line: row + 1,
    columns: [start + 1, end + 1],
  };
}
