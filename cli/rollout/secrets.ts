import {
  type SecretDeclaration,
  type SecretProvider,
  secretRevisionAnnotation,
  secretRevisionPrefix,
  stackLabel,
} from "../../stdlib/schema/bundle.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { type SecretValues, secretKey } from "./secret-sources.js";

/** A uniform integer, `0 <= n < below`: `crypto.randomInt` live, seeded in tests. Must be fit for passwords. */
export type RandomInt = (below: number) => number;

export interface SecretState {
  readonly declaration: SecretDeclaration;
  readonly action: "create" | "update" | "none";
  /**
   * To apply; for `none`, equal to what lives. Values are in it: never print it. An update names the version it was
   * computed from, so that a value someone else just made is not overwritten.
   */
  readonly object: KubeObject;
  /** New with every change of the data, random: it says nothing about the values. */
  readonly revision: string;
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const revisionLength = 12;

/**
 * What each declared Secret should be, given what lives. A value that exists stays; what is declared and missing is
 * made; what is no longer declared goes. A Secret whose type changed is made anew, values kept.
 *
 * @param read - values from outside; what is not among them is taken to be as it lives, which a plan does.
 * @param live - by namespace and name; `undefined` when there is none.
 */
export function desiredSecrets(
  declarations: readonly SecretDeclaration[],
  live: (namespace: string, name: string) => KubeObject | undefined,
  stack: string,
  randomInt: RandomInt,
  read: SecretValues = new Map(),
): readonly SecretState[] {
  return declarations.map((declaration) => {
    const found = live(declaration.namespace, declaration.name);
    const before = dataOf(found);
    const data: { [key: string]: string } = {};
    for (const [key, provider] of Object.entries(declaration.keys))
      data[key] = secretValue(declaration, key, provider, before[key], read, randomInt);

    const same =
      Object.keys(before).length === Object.keys(data).length &&
      Object.entries(data).every(([key, value]) => before[key] === value);
    const known = found?.metadata.annotations?.[secretRevisionAnnotation];
    const revision = same && known !== undefined ? known : text(revisionLength, randomInt);
    const { annotations = {} } = declaration;
    const labels = { ...declaration.labels, [stackLabel]: stack };
    const unchanged =
      same &&
      known !== undefined &&
      found?.["type"] === declaration.type &&
      Object.entries(labels).every(([key, value]) => found.metadata.labels?.[key] === value) &&
      Object.entries(annotations).every(([key, value]) => found.metadata.annotations?.[key] === value);
    const version = found?.["type"] === declaration.type ? found.metadata.resourceVersion : undefined;
    return {
      declaration,
      action: found === undefined ? "create" : unchanged ? "none" : "update",
      revision,
      object: {
        apiVersion: "v1",
        kind: "Secret",
        metadata: {
          name: declaration.name,
          namespace: declaration.namespace,
          labels,
          annotations: { ...annotations, [secretRevisionAnnotation]: revision },
          ...(version === undefined ? {} : { resourceVersion: version }),
        },
        type: declaration.type,
        data,
      },
    };
  });
}

/**
 * The objects with the real revision where compile could only write a placeholder. An object that reads no declared
 * Secret is returned as it is.
 *
 * @param revision - undefined for a Secret that does not exist yet: the placeholder stays, as in a plan.
 */
export function withSecretRevisions(
  objects: readonly KubeObject[],
  revision: (namespace: string, name: string) => string | undefined,
): readonly KubeObject[] {
  return objects.map((object) => {
    const spec = object["spec"] as { template?: { metadata?: KubeObject["metadata"] } } | undefined;
    const inTemplate = spec?.template?.metadata;
    const metadata = inTemplate ?? object.metadata;
    const changed: { [name: string]: string } = {};
    for (const name of Object.keys(metadata.annotations ?? {})) {
      if (!name.startsWith(secretRevisionPrefix)) continue;
      const known = revision(object.metadata.namespace ?? "", name.slice(secretRevisionPrefix.length));
      if (known !== undefined) changed[name] = known;
    }
    if (Object.keys(changed).length === 0) return object;
    const revised = { ...metadata, annotations: { ...metadata.annotations, ...changed } };
    return inTemplate === undefined
      ? { ...object, metadata: revised }
      : { ...object, spec: { ...spec, template: { ...spec?.template, metadata: revised } } };
  });
}

/** A generated value is made once and kept; one from outside is what it is there, and unknown where it was not read. */
function secretValue(
  declaration: SecretDeclaration,
  key: string,
  provider: SecretProvider,
  before: string | undefined,
  read: SecretValues,
  randomInt: RandomInt,
): string {
  if (provider.provider === "generated") return before ?? base64(text(provider.length, randomInt));
  return read.get(secretKey(declaration, key)) ?? before ?? "";
}

function text(length: number, randomInt: RandomInt): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
}

function base64(value: string): string {
  return Buffer.from(value, "utf8").toString("base64");
}

function dataOf(secret: KubeObject | undefined): { readonly [key: string]: string } {
  return (secret?.["data"] as { [key: string]: string } | undefined) ?? {};
}
