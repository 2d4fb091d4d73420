import type { DiagnosticCode } from "../table.js";
import type { Explained } from "./example.js";
import { importExamples } from "./imports.js";
import { languageExamples } from "./language.js";
import { policyExamples } from "./policies.js";
import { programExamples } from "./program.js";
import { resourceExamples } from "./resources.js";

/**
 * For `infra explain`, in a stack with a deployment `api` and what it uses. Compiled by test/check/examples.test.ts. A
 * module of its own, so that a compile does not load it.
 */
export const examples: { readonly [C in DiagnosticCode]: Explained } = {
  ...languageExamples,
  ...policyExamples,
  ...programExamples,
  ...resourceExamples,
  ...importExamples,
};
