import test from "ava";
import { parseModule } from "../../compiler/language/parse.js";

const file = "main.infra";
const text = "let one = 1\n\nlet two = [\n  2,\n]\nlet three = 3\nlet four = 4\nlet five = 5\n";

/** Names of the definitions that are those of the text before, the very same objects. */
function keptFrom(before: string, after: string): string[] {
  const known = parseModule(file, before);
  const { module } = parseModule(file, after, known.reading);
  return module.definitions.flatMap((one) =>
    known.module.definitions.includes(one) && one.node === "let" ? [one.name.text] : [],
  );
}

test("what did not change is not read again", (t) => {
  t.deepEqual(keptFrom(text, text), ["one", "two", "three", "four", "five"]);
  t.deepEqual(keptFrom(text, text.replace("= 3", "= 33")), ["one", "two", "four", "five"]);
  t.deepEqual(keptFrom(text, text.replace("= 3", "=")), ["one", "two", "four", "five"]);
});

test("what stands below a new line has moved", (t) => {
  const known = parseModule(file, text);
  const longer = text.replace("2,", "2,\n  22,");
  const { module } = parseModule(file, longer, known.reading);
  t.deepEqual(module, parseModule(file, longer).module);
});
