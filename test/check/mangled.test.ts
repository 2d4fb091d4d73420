import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import fc from "fast-check";
import { createHost } from "../../cli/host.js";
import { compile } from "../../compiler/compile.js";
import { bases } from "../schema/rules/bases.js";
import { platformBases } from "../schema/rules/platform-bases.js";
import { stackFolder } from "../support/stack-folder.js";

const packageRoot = fileURLToPath(new URL("../../", import.meta.url));
const all: readonly object[] = [...Object.values(bases), ...Object.values(platformBases)];
const odd = [null, 0, -1, "", "a b", {}, [], [null], true, 1e30, { a: 1 }, [{}], ["a", 1], "$(X)"];

/** A sound object with some of its parts gone, or something else. */
const mangled = fc
  .tuple(
    fc.constantFrom(...all),
    fc.array(fc.tuple(fc.nat(), fc.option(fc.constantFrom(...odd), { nil: undefined })), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([base, changes]) => {
    const object = structuredClone(base);
    for (const [at, value] of changes) {
      const places = placesIn(object).filter(([, key]) => key !== "kind" && key !== "apiVersion");
      const [of, key] = places[at % places.length] ?? [];
      if (of === undefined || key === undefined) continue;
      if (value !== undefined) of[key] = structuredClone(value);
      else if (Array.isArray(of)) of.splice(Number(key), 1);
      else delete of[key];
    }
    return object;
  });

type Part = { [key: string]: unknown };

function placesIn(value: unknown): readonly (readonly [of: Part, key: string])[] {
  if (typeof value !== "object" || value === null) return [];
  const of = value as Part;
  return Object.keys(of).flatMap((key) => [[of, key] as const, ...placesIn(of[key])]);
}

test("exact objects of any shape are judged, by every check", async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(mangled, { minLength: 8, maxLength: 8 }), async (objects) => {
      const folder = await stackFolder(t, { "infra.ts": `export const all = ${JSON.stringify(objects)};\n` });
      const { diagnostics, files } = await compile(createHost(packageRoot, join(folder, "cache")), {
        entry: join(folder, "infra.ts"),
        output: join(folder, "infra.out"),
        stack: "x",
        namespace: "default",
        set: {},
        check: false,
        policy: "restricted",
        version: "0",
      });
      const isRefused = diagnostics.some(({ severity }) => severity === "error");
      t.is(files === undefined, isRefused);
      for (const { message, span } of diagnostics) t.true(message !== "" && span !== undefined, message);
    }),
    { numRuns: 100 },
  );
});
