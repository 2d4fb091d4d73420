import test from "ava";
import fc from "fast-check";
import {
  compareQuantities,
  formatQuantity,
  parseQuantity,
  QuantityError,
} from "../../stdlib/base/quantity.js";

const canonical = test.macro({
  title: (_, text: string, expected: string) => `${text} is ${expected}`,
  exec(t, text: string, expected: string) {
    t.is(formatQuantity(parseQuantity(text)), expected);
  },
});
test(canonical, "0.5", "500m");
test(canonical, "1000m", "1");
test(canonical, "1024Mi", "1Gi");
test(canonical, "1536Mi", "1536Mi");
test(canonical, "1.5Gi", "1536Mi");
test(canonical, "2000k", "2M");
test(canonical, "1e3", "1e3");
test(canonical, "0", "0");
test(canonical, "-250m", "-250m");
test(canonical, "0.0000000001", "1n");

test("what is no quantity is refused", (t) => {
  for (const text of ["", "1MB", "250mm", "Ki", "1 Gi", "--1", "1e", "0x10"])
    t.throws(() => parseQuantity(text), { instanceOf: QuantityError }, text);
});

test("formatting keeps the amount", (t) => {
  const suffix = fc.constantFrom("", "m", "k", "M", "G", "Ki", "Mi", "Gi", "e3", "u", "n");
  const text = fc
    .tuple(fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 0, max: 999 }), suffix)
    .map(([whole, part, unit]) => `${whole}.${part}${unit}`);
  t.notThrows(() =>
    fc.assert(
      fc.property(
        text,
        (input) =>
          compareQuantities(parseQuantity(formatQuantity(parseQuantity(input))), parseQuantity(input)) === 0,
      ),
    ),
  );
});
