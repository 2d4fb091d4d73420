import type { GuestPosition } from "../../stdlib/constructs/graph.js";
import type { Span } from "../diagnostics/span.js";

/** From what the guest says of itself to places in the author's files. */
export interface Locator {
  /** Where the literal begins, or where one of its properties has its key or value. */
  literal(literal: number): Span | undefined;
  property(literal: number, name: string, part: "key" | "value"): Span | undefined;
  /** Where a call is. */
  call(position: GuestPosition): Span | undefined;
  /** A progress mark: an offset in the bundle. */
  mark(offset: number): Span | undefined;
}
