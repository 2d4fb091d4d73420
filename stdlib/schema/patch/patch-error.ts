import { InfraError } from "../../base/errors.js";

/**
 * Why a patch was not applied.
 *
 * `invalid`: the patch itself is malformed (400). `failed`: well formed, but it does not fit the document (422).
 * `tooLarge`: more operations or more copied bytes than allowed (413).
 */
export class PatchError extends InfraError {
  readonly code = "patch";
  readonly kind: "invalid" | "failed" | "tooLarge";

  constructor(kind: PatchError["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}
