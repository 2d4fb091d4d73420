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

test("two definitions on one line are divided anew where one is broken", (t) => {
  const sound = "let one = 1\nparam two = 2 x in { min = 1 }\nlet four = 4\nlet five = 5\n";
  const broken = sound.replace("min = 1", "= 1");
  const known = parseModule(file, sound);
  const [after, alone] = [parseModule(file, broken, known.reading), parseModule(file, broken)];
  t.deepEqual(after.problems, alone.problems);
  t.deepEqual(after.module, alone.module);
});
