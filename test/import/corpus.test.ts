import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import test from "ava";
import { importAndJudge } from "../support/import-law.js";

/** Seeds of the fuzzer, and what it found: none breaks an import or its law. */
const corpus = fileURLToPath(new URL("../corpus/yaml/", import.meta.url));
const importable = ["batch.yaml", "catalog.yaml", "oddities.yaml", "web.yaml"];

for (const file of readdirSync(corpus).sort())
  test(`corpus ${file}`, (t) => {
    const text = readFileSync(`${corpus}${file}`, "utf8");
    t.notThrows(() => {
      const { errors } = importAndJudge(text);
      if (importable.includes(file)) t.deepEqual(errors, []);
    });
  });
