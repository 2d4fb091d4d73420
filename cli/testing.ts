import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { compile } from "../compiler/compile.js";
import type { Diagnostic } from "../compiler/diagnostics/reporter.js";
import type * as face from "../stdlib/constructs/testing.js";
import { createHost } from "./host.js";
import { renderDiagnostics } from "./render/diagnostics.js";
import { plainStyle } from "./render/style.js";

/* `infra/test`; its types, and what they mean, are in stdlib/constructs/testing.d.ts. */

export class StackError extends Error implements face.StackError {
  readonly findings: readonly face.Finding[];

  constructor(message: string, findings: readonly face.Finding[]) {
    super(message);
    this.name = new.target.name;
    this.findings = findings;
  }
}

export const compileStack: typeof face.compileStack = async (path, inputs = {}, options = {}) => {
  const entry = path instanceof URL ? fileURLToPath(path) : resolve(path);
  const cache = mkdtempSync(join(tmpdir(), "infra-test-"));
  try {
    const host = createHost(fileURLToPath(new URL("../", import.meta.url)), cache, process.env);
    if (host.read(entry) === undefined) throw new StackError(`"${entry}" holds no stack`, []);
    const { diagnostics, files } = await compile(host, {
      entry,
      output: join(dirname(entry), "infra.out"),
      stack: options.stack ?? "test",
      namespace: options.namespace ?? "default",
      set: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, String(value)])),
      check: options.check ?? false,
      policy: options.policy ?? "default",
      version: "test",
    });
    if (files === undefined) {
      const source = (file: string) =>
        Buffer.from(host.read(join(dirname(entry), file)) ?? []).toString("utf8");
      throw new StackError(
        `\n${renderDiagnostics(diagnostics, source, plainStyle)}`,
        diagnostics.map(findingOf),
      );
    }
    const objects = [...files]
      .filter(([file]) => file.startsWith("manifests/"))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, text]) => parse(text) as face.StackObject);
    return { objects, warnings: diagnostics.map(findingOf), get: finder(objects) };
  } finally {
    rmSync(cache, { recursive: true });
  }
};

function findingOf({ code, message, severity, span }: Diagnostic): face.Finding {
  return {
    code,
    severity,
    message,
    ...(span === undefined ? {} : { place: `${span.file}:${span.start.line}:${span.start.column}` }),
  };
}

function finder(objects: readonly face.StackObject[]): face.TestedStack["get"] {
  return ((kind: string, name: string, namespace?: string) => {
    const ofKind = objects.filter((object) => object.kind === kind);
    const [found, ...others] = ofKind.filter(
      ({ metadata }) =>
        metadata.name === name && (namespace === undefined || metadata.namespace === namespace),
    );
    if (others.some(({ metadata }) => metadata.namespace !== found?.metadata.namespace))
      throw new Error(`The stack has a ${kind} "${name}" in more than one namespace: name one`);
    if (found !== undefined) return found;
    const known = ofKind.map(({ metadata }) => metadata.name).join(", ");
    throw new Error(`The stack has no ${kind} "${name}"; it has ${known || "none of the kind"}`);
  }) as face.TestedStack["get"];
}
