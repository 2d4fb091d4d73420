import fc from "fast-check";

/** A program as words, so that any space, line break or comment can stand between them. */
export type Words = readonly string[];
const word = (text: string): Words => [text];
export const joined = (parts: readonly Words[]): Words => parts.flat();

const name = fc.constantFrom("a", "b", "redis-master", "from", "in", "web_1", "then");
const plain = fc.constantFrom("a", "ab c", "ö", "\\n", "\\$", "\\u{1F600}", "'");

const operator = fc.constantFrom("+", "-", "*", "/", "%", "==", "!=", "<", ">=", "&&", "||");
/** A condition goes on to the end of what it stands in. */
/** A condition goes on as far as it can, and a comparison is no part of another. */
const isOpen = (word: string) => ["if", "==", "!=", "<", ">="].includes(word);
const operand = (of: Words): Words => (of.some(isOpen) ? ["(", ...of, ")"] : of);
const spread = (of: Words): Words => ["...", ...of];

const { expression } = fc.letrec<{ expression: Words; atom: Words }>((tie) => {
  const inner = tie("expression") as fc.Arbitrary<Words>;
  const key = fc.oneof(name, fc.constantFrom("for", "if", '"a.b"', "8080"));
  const atom: fc.Arbitrary<Words> = fc.oneof(
    fc
      .constantFrom("1", "1.5", "1_000", "250m", "64Mi", "5s", "80/TCP", "10.0.0.0/8", "25%", "true", "null")
      .map(word),
    name.map(word),
    plain.map((text) => word(`"${text}"`)),
    fc.tuple(plain, inner, plain).map(([a, of, b]) => [`"${a}\${`, ...of, `}${b}"`]),
    fc
      .tuple(plain, inner)
      .map(([a, of]) => [`"""\n      ${a}\n        "text" \${`, ...of, `}\n\n      $${a}\n      """`]),
  );
  return {
    atom,
    expression: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      atom,
      fc
        .array(fc.oneof(inner, inner.map(spread)), { maxLength: 3 })
        .map((items) => ["[", ...items.flatMap((item) => [...item, ","]), "]"]),
      fc
        .array(
          fc.oneof(
            fc.tuple(key, inner).map(([of, value]): Words => [of, ":", ...value]),
            inner.map(spread),
          ),
          { maxLength: 3 },
        )
        .map((entries) => ["{", ...entries.flatMap((entry) => [...entry, ","]), "}"]),
      fc.tuple(inner, operator, inner).map(([a, by, b]) => [...operand(a), by, ...operand(b)]),
      fc.tuple(inner, inner, inner).map(([a, b, c]) => ["if", ...a, "then", ...b, "else", ...c]),
      fc.tuple(inner, operator, inner).map(([a, by, b]) => ["(", ...a, ")", by, "(", ...b, ")"]),
      fc.tuple(fc.constantFrom("-", "!"), inner).map(([by, of]) => [by, "(", ...of, ")"]),
      fc.tuple(inner, inner, inner).map(([a, b, c]) => ["(", "if", ...a, "then", ...b, "else", ...c, ")"]),
      fc
        .tuple(name, inner, inner)
        .map(([of, xs, value]) => ["[", "for", of, "in", ...xs, ":", ...value, "]"]),
      fc
        .tuple(name, inner, inner)
        .map(([of, xs, value]) => [
          "{",
          "for",
          of,
          ",",
          "k",
          "in",
          ...xs,
          ":",
          "k",
          ":",
          ...value,
          "where",
          ...xs,
          "}",
        ]),
      fc
        .tuple(name, fc.array(inner, { maxLength: 2 }))
        .map(([of, given]) => [
          of,
          "(",
          ...given.flatMap((one, index) => (index === 0 ? one : [",", ...one])),
          ")",
          ".",
          "key",
          "[",
          '"x"',
          "]",
        ]),
    ),
  };
}) as unknown as { expression: fc.Arbitrary<Words> };

const field = fc
  .tuple(fc.oneof(name, fc.constant('"x.y"')), expression)
  .map(([of, value]): Words => [of, "=", ...value]);
const block = (depth: number): fc.Arbitrary<Words> =>
  fc
    .tuple(
      name,
      fc.oneof(name, fc.constant('"q"')),
      fc.array(depth > 1 ? field : fc.oneof(field, block(depth + 1)), { maxLength: 4 }),
    )
    .map(([kind, title, members]) => [kind, title, "{", ...joined(members), "}"]);
export const definition: fc.Arbitrary<Words> = fc.oneof(
  fc.tuple(name, expression).map(([of, value]): Words => ["let", of, "=", ...value]),
  fc
    .tuple(name, expression, fc.array(field, { maxLength: 2 }))
    .map(([of, value, options]): Words => ["param", of, "=", ...value, "{", ...joined(options), "}"]),
  fc
    .tuple(name, name, expression)
    .map(
      ([of, parameter, value]): Words => [
        "function",
        of,
        "(",
        parameter,
        ",",
        "z",
        "=",
        "1",
        ")",
        "=",
        ...value,
      ],
    ),
  fc
    .tuple(name, block(0))
    .map(([of, inner]): Words => ["function", of, "(", ")", "{", "let", "y", "=", "1", ...inner, "}"]),
  fc.constant<Words>(["import", '"./x.infra"']),
  fc.constant<Words>(["import", "{", "a", "as", "b", ",", "service", ".", "c", "}", "from", '"./x.infra"']),
  block(0),
);
