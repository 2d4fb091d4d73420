import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Random } from "../../stdlib/base/clock.js";
import { InfraError } from "../../stdlib/base/errors.js";
import type { Change, Store, StoredValue } from "../store/store.js";

/** An encrypted value cannot be read: another key, or changed bytes. */
export class SecretUnreadable extends InfraError {
  readonly code = "secret-unreadable";
}

export interface EncryptionOptions {
  /** AES-256: 32 bytes. */
  readonly key: Uint8Array;
  readonly random: Random;
  /** Keys under these prefixes have their values encrypted; by default Secrets. */
  readonly prefixes?: readonly string[];
}

/** Values that start so are encrypted; JSON objects never do, so what was written before is still read. */
const mark = "aes256gcm:v1:";
const nonceBytes = 12;
const tagBytes = 16;

/**
 * A store whose values under some prefixes are encrypted at rest, with AES-256-GCM.
 *
 * The key of an entry is authenticated with it: a value copied to another key is refused. Each write has a fresh random
 * nonce; 2^32 writes under one key are the bound at which nonces may repeat (NIST SP 800-38D, 8.3).
 */
export function encryptedStore(
  store: Store,
  { key, random, prefixes = ["core/secrets/"] }: EncryptionOptions,
): Store {
  const applies = (name: string) => prefixes.some((prefix) => name.startsWith(prefix));
  const seal = (name: string, text: string): string => {
    const nonce = random.bytes(nonceBytes);
    const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: tagBytes });
    cipher.setAAD(Buffer.from(name));
    const sealed = Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return mark + sealed.toString("base64");
  };
  const open = (name: string, value: string): string => {
    if (!applies(name) || !value.startsWith(mark)) return value;
    const sealed = Buffer.from(value.slice(mark.length), "base64");
    try {
      const nonce = sealed.subarray(0, nonceBytes);
      const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: tagBytes });
      decipher.setAAD(Buffer.from(name));
      decipher.setAuthTag(sealed.subarray(-tagBytes));
      const text = decipher.update(sealed.subarray(nonceBytes, -tagBytes));
      return Buffer.concat([text, decipher.final()]).toString("utf8");
    } catch (cause) {
      throw new SecretUnreadable(`Cannot decrypt "${name}"`, {
        cause,
        hint: "The key in the instance's pki folder is not the one it was written with; restore that key",
      });
    }
  };
  const opened = <T extends StoredValue>(name: string, stored: T): T =>
    applies(name) ? { ...stored, value: open(name, stored.value) } : stored;
  const openedChange = (change: Change): Change => {
    const { key: name, value, previous } = change;
    if (!applies(name)) return change;
    return {
      ...change,
      value: value === undefined ? undefined : open(name, value),
      previous: previous === undefined ? undefined : open(name, previous),
    };
  };
  return {
    get revision() {
      return store.revision;
    },
    get(name) {
      const stored = store.get(name);
      return stored === undefined ? undefined : opened(name, stored);
    },
    list: (prefix) => store.list(prefix).map((entry) => opened(entry.key, entry)),
    commit: (writes) =>
      store.commit(
        writes.map((write) =>
          write.value === undefined || !applies(write.key)
            ? write
            : { ...write, value: seal(write.key, write.value) },
        ),
      ),
    watch: (prefix, after, deliver) => store.watch(prefix, after, (change) => deliver(openedChange(change))),
    close: () => store.close(),
  };
}
