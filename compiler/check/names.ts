import type { Reporter } from "../diagnostics/reporter.js";
import type { Span } from "../diagnostics/span.js";
import type { Built } from "../lower/built.js";

/**
 * An object without a name, or with one that is none.
 *
 * @param spanOf - the place of a path of the object.
 */
export function reportName(
  { object: { kind, metadata }, title: resource }: Omit<Built, "resource">,
  why: string,
  spanOf: (path: string) => Span | undefined,
  reporter: Reporter,
): void {
  const isGenerated = typeof metadata?.generateName === "string";
  if (isGenerated)
    reporter.report("name-missing", spanOf("metadata.generateName"), { resource, kind, isGenerated });
  else if (why.startsWith("Required value"))
    reporter.report("name-missing", spanOf("metadata.name"), { resource, kind, isGenerated });
  else reporter.report("name-invalid", spanOf("metadata.name"), { resource, why });
}
