import type { KubeObject } from "../../stdlib/schema/objects.js";
import type { Reporter } from "../diagnostics/reporter.js";
import type { Built } from "../lower/built.js";

/** Names of what a ConfigMap or Secret holds. */
export function dataKeys(object: KubeObject): readonly string[] {
  return ["data", "binaryData", "stringData"].flatMap((member) =>
    Object.keys((object[member] as object | undefined) ?? {}),
  );
}

/** A Secret without a key that its type asks for. @param path - `data[tls.crt]` */
export function reportMissingKey(
  { object, origins, title }: Omit<Built, "resource">,
  path: string,
  reporter: Reporter,
): void {
  const key = keyIn(path);
  const isBasic = object["type"] === "kubernetes.io/basic-auth";
  if (isBasic && key === "password") return; // either will do, and the other is asked for
  const type = origins.authored("type")?.span;
  const note = `of a type that needs ${isBasic ? "a username or a password" : "it"}`;
  reporter.report(
    "config-key-unknown",
    origins.find("data"),
    { resource: title, key, known: dataKeys(object) },
    type === undefined ? [] : [{ span: type, note }],
  );
}

/** `tls.crt` of `data[tls.crt]`. */
export function keyIn(path: string): string {
  return path.slice(path.indexOf("[") + 1, -1);
}
