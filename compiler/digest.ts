import { hash } from "node:crypto";

/** SHA-256, as hexadecimal digits. Text counts as UTF-8. */
export function sha256(content: Uint8Array | string): string {
  return hash("sha256", content, "hex");
}
