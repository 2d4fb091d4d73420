import type { AcceptableCode } from "../../stdlib/constructs/accept.js";
import type { AcceptedFinding } from "../../stdlib/constructs/graph.js";
import { policyDiagnostics } from "../diagnostics/policy-rows.js";
import type { Reporter } from "../diagnostics/reporter.js";
import type { Built } from "../lower/built.js";
import type { Model, Resource } from "../model/authored.js";

interface Acceptance {
  readonly resource: Resource;
  readonly finding: AcceptedFinding;
}

/** Findings that authors took for what they are, and which of them were met. */
export class Acceptances {
  readonly #all: readonly Acceptance[];
  readonly #met = new Set<AcceptedFinding>();
  readonly #model: Model;

  constructor(model: Model, accepted: readonly AcceptedFinding[], reporter: Reporter) {
    this.#model = model;
    this.#all = accepted.flatMap((finding) => {
      const { call, code, of, reason } = finding;
      const resource = model.resources[of];
      const at = model.locator.call(call);
      if (!Object.hasOwn(policyDiagnostics, code)) {
        reporter.report("accept-unknown", at, { code });
        return [];
      }
      if (reason.trim() === "") reporter.report("accept-unexplained", at, { code });
      return resource === undefined ? [] : [{ resource, finding }];
    });
  }

  /** Whether this finding about this object is accepted. */
  readonly has = ({ resource }: Built, code: AcceptableCode): boolean => {
    const found = this.#all.find((one) => one.resource.index === resource && one.finding.code === code);
    if (found !== undefined) this.#met.add(found.finding);
    return found !== undefined;
  };

  /** Reports those that nothing was found for. */
  reportUnused(reporter: Reporter): void {
    for (const { finding, resource } of this.#all)
      if (!this.#met.has(finding))
        reporter.report("accept-unused", this.#model.locator.call(finding.call), {
          resource: resource.title,
          code: finding.code,
        });
  }

  /** For the compile's record. */
  get record(): readonly { readonly resource: string; readonly code: string; readonly reason: string }[] {
    return this.#all.map(({ finding: { code, reason }, resource }) => ({
      resource: resource.title,
      code,
      reason,
    }));
  }
}
