import { callPosition, reference } from "./guest.js";
import type { SecretRef, TextReference } from "./types.js";

/**
 * Text made of references, for an environment variable: `` text`redis://:${password.key("password")}@${front.address("redis")}` ``.
 * A secret in it stays a secret: the pod puts it in when it starts.
 */
export function text(
  strings: TemplateStringsArray,
  ...parts: readonly (string | number | boolean | TextReference | SecretRef)[]
): TextReference {
  const sources = strings.raw.flatMap((_, index) => {
    const part = parts[index];
    return part === undefined ? [strings[index] ?? ""] : [strings[index] ?? "", part];
  });
  return reference({ kind: "text", sources, call: callPosition() });
}
