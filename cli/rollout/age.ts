import { armor, Decrypter } from "age-encryption";

/**
 * Decrypts an age file, binary or armoured.
 *
 * @param identities - secret keys, `AGE-SECRET-KEY-1…`.
 * @throws Error when an identity is none, the file is damaged, or no identity fits it.
 */
export async function decryptAge(file: Buffer, identities: readonly string[]): Promise<Buffer> {
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  const text = file.toString("latin1");
  return Buffer.from(await decrypter.decrypt(text.startsWith("-----BEGIN AGE") ? armor.decode(text) : file));
}
