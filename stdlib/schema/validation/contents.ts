import { deepEqual } from "../../base/json.js";
import { checkConfigKey } from "../../base/names.js";
import type { ConfigMap, Secret } from "../../kubernetes/generated/core-v1.js";
import type { Checker } from "./checker.js";
import { own } from "./values.js";

const contentBytes = 1024 * 1024;

export function validateConfigMap(check: Checker, config: ConfigMap): void {
  let size = 0;
  for (const [field, entries] of [
    ["data", config.data ?? {}],
    ["binaryData", config.binaryData ?? {}],
  ] as const) {
    for (const [key, value] of Object.entries(entries)) {
      check.at(field).index(key).name(key, checkConfigKey);
      if (field === "binaryData" && own(config.data, key) !== undefined)
        check.at(field).index(key).invalid(key, "duplicate of key present in data");
      size += field === "data" ? Buffer.byteLength(value) : Buffer.byteLength(value, "base64");
    }
  }
  if (size > contentBytes) check.invalid("", `must have at most ${contentBytes} bytes`);
}

/** What each type has to hold. Source: Kubernetes `ValidateSecret`. */
const requiredKeys: { readonly [type: string]: readonly string[] } = {
  "kubernetes.io/dockercfg": [".dockercfg"],
  "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
  "kubernetes.io/ssh-auth": ["ssh-privatekey"],
  "kubernetes.io/tls": ["tls.crt", "tls.key"],
};

export function validateSecret(check: Checker, secret: Secret): void {
  let size = 0;
  const data = { ...secret.data };
  for (const [key, value] of Object.entries(data)) {
    check.at("data").index(key).name(key, checkConfigKey);
    size += Buffer.byteLength(value, "base64");
  }
  if (size > contentBytes) check.at("data").invalid("", `must have at most ${contentBytes} bytes`);
  const type = secret.type ?? "Opaque";
  const has = (key: string) => own(data, key) !== undefined || own(secret.stringData, key) !== undefined;
  for (const key of requiredKeys[type] ?? []) if (!has(key)) check.at("data").index(key).required();
  if (type === "kubernetes.io/basic-auth" && !has("username") && !has("password"))
    for (const key of ["username", "password"]) check.at("data").index(key).required();
  if (
    type === "kubernetes.io/service-account-token" &&
    !secret.metadata?.annotations?.["kubernetes.io/service-account.name"]
  )
    check.at("metadata.annotations").index("kubernetes.io/service-account.name").required();
  const json = {
    "kubernetes.io/dockercfg": ".dockercfg",
    "kubernetes.io/dockerconfigjson": ".dockerconfigjson",
  }[type];
  const text = json === undefined ? undefined : data[json];
  if (json !== undefined && text !== undefined && !isJson(Buffer.from(text, "base64").toString("utf8")))
    check.at("data").index(json).invalid("<secret contents redacted>", "must be JSON");
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // said by the caller; the parser's message would quote the secret
  }
}

export function validateSecretUpdate(check: Checker, secret: Secret, old: Secret): void {
  if (secret.type !== old.type) check.at("type").invalid(secret.type, "field is immutable");
  validateImmutable(check, secret, old);
}

export function validateImmutable(check: Checker, object: ConfigMap | Secret, old: ConfigMap | Secret): void {
  if (old.immutable !== true) return;
  if (object.immutable !== true)
    check.at("immutable").forbidden("field is immutable when `immutable` is set");
  for (const field of ["data", "binaryData"] as const) {
    const before = "binaryData" in old || field === "data" ? (old as ConfigMap)[field] : undefined;
    const after = "binaryData" in object || field === "data" ? (object as ConfigMap)[field] : undefined;
    if (!deepEqual(before ?? {}, after ?? {}))
      check.at(field).forbidden("field is immutable when `immutable` is set");
  }
}
