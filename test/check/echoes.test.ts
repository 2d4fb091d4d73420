import test from "ava";
import fc from "fast-check";
import { type Finding, withoutEchoes } from "../../compiler/diagnostics/echoes.js";
import { type DiagnosticCode, diagnostics } from "../../compiler/diagnostics/table.js";

const position = fc.record({ line: fc.integer({ min: 1, max: 3 }), column: fc.integer({ min: 1, max: 4 }) });
const span = fc
  .tuple(fc.constantFrom("a.ts", "b.infra"), position, position)
  .map(([file, start, end]) => ({ file, start, end }));
const name = fc.constantFrom(
  "api",
  "containers",
  "containers.web.ports",
  "expose",
  "mode",
  "containers.web.prots",
);
const finding: fc.Arbitrary<Finding> = fc
  .record({
    code: fc.constantFrom(...(Object.keys(diagnostics) as DiagnosticCode[])),
    message: fc.constantFrom(
      "Type 'x' is not assignable to type 'never'",
      "TypeError: a is not a function",
      "'a'",
    ),
    span: fc.option(span, { nil: undefined }),
    covers: fc.option(span, { nil: undefined }),
    data: fc.option(
      fc.record({
        resource: fc.oneof(name, fc.constant('api "mode"')),
        construct: name,
        name,
        wrong: fc.constantFrom(undefined, "count"),
        workload: name,
        path: name,
        key: name,
        known: fc.array(name, { maxLength: 2 }),
        of: fc.array(name, { maxLength: 2 }),
        instead: fc.constantFrom("api: 1", "containers: {}"),
        why: fc.constantFrom("Required value", "Invalid value"),
      }),
      { nil: undefined },
    ),
  })
  .map((one) => ({ ...one, severity: diagnostics[one.code].severity }));

test("what is left out leaves an error that is said, whatever explains what", (t) => {
  fc.assert(
    fc.property(fc.array(finding, { maxLength: 12 }), (found) => {
      const said = withoutEchoes(found);
      const isError = ({ severity }: Finding) => severity === "error";
      t.is(found.some(isError), said.some(isError));
      t.deepEqual(
        said,
        found.filter((one) => said.includes(one)),
        "order",
      );
      if (!found.some(isError)) t.is(said, found);
    }),
    { numRuns: 2_000 },
  );
});

test("each of thousands of mistakes has its own echoes, on lines of their own or all on one", (t) => {
  for (const lineOf of [(index: number) => index + 1, () => 1]) {
    const found = Array.from({ length: 3_000 }, (_, index): [Finding, Finding] => {
      const resource = `deployment "web-${index}"`;
      const start = { line: lineOf(index), column: 5 };
      const span = { file: "infra.ts", start, end: { ...start, column: 9 } };
      return [
        {
          code: "field-type",
          severity: "error",
          message: resource,
          span,
          data: { resource, path: "containers.web.ports" },
        },
        {
          code: "port-name-unknown",
          severity: "error",
          message: resource,
          span: undefined,
          data: { workload: resource, port: "http", known: [] },
        },
      ];
    });
    t.deepEqual(
      withoutEchoes(found.flat()),
      found.map(([mistake]) => mistake),
    );
  }
});
