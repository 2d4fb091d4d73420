import type { AcceptableCode } from "../../stdlib/constructs/accept.js";
import type { AcceptedFinding } from "../../stdlib/constructs/graph.js";
import { policyDiagnostics } from "../diagnostics/policy-rows.js";
import type { Reporter } from "../diagnostics/reporter.js";
import type { Built } from "../lower/built.js";
import type { Model } from "../model/authored.js";

/** Findings that authors took for what they are, and which of them were met. */
export class Acceptances {
  readonly #all: readonly { readonly title: string; readonly finding: AcceptedFinding }[];
  readonly #met = new Set<AcceptedFinding>();
  readonly #model: Model;

  constructor(model: Model, accepted: readonly AcceptedFinding[], reporter: Reporter) {
    this.#model = model;
    this.#all = accepted.flatMap((finding) => {
      const title = model.resources[finding.of]?.title;
      if (Object.hasOwn(policyDiagnostics, finding.code))
        return title === undefined ? [] : [{ title, finding }];
      reporter.report("accept-unknown", model.locator.call(finding.call), { code: finding.code });
      return [];
    });
  }

  /** Whether this finding about this object is accepted. */
  readonly has = ({ title }: Built, code: AcceptableCode): boolean => {
    const found = this.#all.find((one) => one.title === title && one.finding.code === code);
    if (found !== undefined) this.#met.add(found.finding);
    return found !== undefined;
  };

  /** Reports those that nothing was found for. */
  reportUnused(reporter: Reporter): void {
    for (const { finding, title } of this.#all)
      if (!this.#met.has(finding))
        reporter.report("accept-unused", this.#model.locator.call(finding.call), {
          resource: title,
          code: finding.code,
        });
  }

  /** For the compile's record. */
  get record(): readonly { readonly resource: string; readonly code: string; readonly reason: string }[] {
    return this.#all.map(({ finding: { code, reason }, title }) => ({ resource: title, code, reason }));
  }
}
