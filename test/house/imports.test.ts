import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Room to the rooms it may import; a room is the first folder, or the first two for stdlib and the seams within. */
const mayImport: { readonly [room: string]: readonly string[] } = {
  "stdlib/base": [],
  "stdlib/schema": ["stdlib/base", "stdlib/kubernetes"],
  "stdlib/kubernetes": ["stdlib/schema"],
  "stdlib/constructs": ["stdlib/base", "stdlib/schema", "stdlib/kubernetes"],
  compiler: ["stdlib"],
  runtime: ["stdlib"],
  cli: ["compiler", "runtime", "stdlib"],
};

/** Narrower rules inside a package: folder to folders of the same package it may not import. */
const never: { readonly [folder: string]: readonly string[] } = {
  "runtime/store": [
    "runtime/api",
    "runtime/client",
    "runtime/controllers",
    "runtime/agent",
    "runtime/daemon",
  ],
  "runtime/kernel": [
    "runtime/api",
    "runtime/client",
    "runtime/controllers",
    "runtime/agent",
    "runtime/daemon",
    "runtime/network",
  ],
  "runtime/network": [
    "runtime/api",
    "runtime/client",
    "runtime/controllers",
    "runtime/agent",
    "runtime/daemon",
  ],
  "runtime/controllers": [
    "runtime/agent",
    "runtime/daemon",
    "runtime/kernel",
    "runtime/images",
    "runtime/network",
  ],
  "runtime/agent": ["runtime/api", "runtime/controllers", "runtime/daemon"],
  "compiler/lower": ["compiler/typescript", "compiler/emit"],
  "compiler/model": ["compiler/typescript", "compiler/lower", "compiler/check"],
  "compiler/diagnostics": [
    "compiler/model",
    "compiler/typescript",
    "compiler/lower",
    "compiler/check",
    "compiler/emit",
  ],
};

async function* imports(): AsyncGenerator<{ from: string; to: string }> {
  for (const folder of ["stdlib", "compiler", "runtime", "cli"]) {
    const files = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))) {
      const path = join(file.parentPath, file.name);
      for (const [, target = ""] of (await readFile(path, "utf8")).matchAll(
        /(?:from|import\()\s*"(\.[^"]+)"/g,
      )) {
        yield { from: relative(root, path), to: relative(root, resolve(dirname(path), target)) };
      }
    }
  }
}

function roomOf(path: string): string {
  const [first = "", second = ""] = path.split("/");
  return first === "stdlib" ? `${first}/${second}` : first;
}

test("imports go one way", async (t) => {
  let seen = 0;
  for await (const { from, to } of imports()) {
    seen += 1;
    const [room, target] = [roomOf(from), roomOf(to)];
    const allowed =
      room === target ||
      (mayImport[room] ?? []).some((other) => target === other || target.startsWith(`${other}/`));
    t.true(allowed, `${from} imports ${to}`);
    const refused = Object.entries(never).find(([folder]) => from.startsWith(`${folder}/`))?.[1] ?? [];
    t.false(
      refused.some((folder) => to.startsWith(`${folder}/`)),
      `${from} imports ${to}`,
    );
  }
  t.true(seen > 100, "the test reads the sources");
});

test("only runtime/kernel loads the addon, only cli prints or exits", async (t) => {
  for (const folder of ["stdlib", "compiler", "runtime"]) {
    const files = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))) {
      const path = join(file.parentPath, file.name);
      const text = await readFile(path, "utf8");
      if (!path.includes("runtime/kernel/")) t.notRegex(text, /infra\.node"/, path);
      if (!path.includes("/guest/") && !path.endsWith("daemon/main.ts"))
        t.notRegex(text, /\bconsole\.|process\.exit\b/, path);
    }
  }
});
