import { type ComposeNode, isListNode, isMapNode } from "./compose-tree.js";
import { variableAt } from "./dockerfile-words.js";

/** Words that are a secret's, at the end of a word: `PGPASSWORD` is written without a line between. */
const secretWord =
  /(passwords?|passwd|passphrase|secrets?|tokens?|credentials?|creds|apikey)$|^(pass|pwd|pw|salt)$/;
/** Keys that open nothing. */
const openKeys = new Set("cache foreign partition primary pub public routing sort".split(" "));
/** A last word that makes the name one of something about a secret: where it is, for how long, who has it. */
const aboutWords = new Set(
  (
    "age algo algorithm audience class count dir directory endpoint field file format header host id interval issuer " +
    "length lifetime limit method mode name path policy port prefix provider region size store timeout ttl type uri url " +
    "user username validity version"
  ).split(" "),
);
/** A word anywhere that makes it a switch, a bound or a time. */
const switchWord =
  /^(allow|disabled?|enabled?|expir(e|es|y|ation)|max|min|num|random|required?|use|validate)$/;

/**
 * Whether the name of a variable says that its value is confidential: a word of it is a secret's (password, secret,
 * token, credentials, …, or a key at the end), and no word makes it something about one. So `DB_PASSWORD` and
 * `SECRET_KEY_BASE` are; `DB_PASSWORD_FILE`, `TOKEN_TTL`, `PUBLIC_KEY` and `ALLOW_EMPTY_PASSWORD` are not. In doubt it is
 * one: the price is a variable that has to be set, and that of the other mistake a password in a repository.
 */
export function isConfidential(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])(?=[A-Z])/g, "$1_")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => /[a-z]/.test(word)); // TOKEN_2 is a token
  const last = words.at(-1) ?? "";
  if (words.some((word) => switchWord.test(word)) || aboutWords.has(last)) return false;
  if (words.join("") === "pwd") return false; // the shell's own folder
  if (/^keys?$/.test(last)) return !openKeys.has(words.at(-2) ?? "");
  return words.some((word) => secretWord.test(word));
}

/** Whether a text may be a secret at all: what is empty, a switch, or a path to somewhere is none. */
export function isSecretText(text: string): boolean {
  return text !== "" && !/^(true|false|yes|no|on|off|[01]|\.{0,2}\/[\w./-]*)$/i.test(text);
}

/** `scheme://user:password@`: where the password stands in it. */
export function passwordIn(text: string): { readonly start: number; readonly end: number } | undefined {
  const [whole, before = ""] =
    /([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@]{0,80}:)[^\s/:@]{1,200}@/i.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const start = text.indexOf(whole) + before.length;
  return { start, end: text.indexOf(whole) + whole.length - 1 };
}

/**
 * Variables of the outside that a project itself treats as confidential, whatever they are called: those that its
 * `secrets:` come from, those that a confidential variable is made of alone, passwords within an address, and those
 * that a service takes as a file instead, `NAME_FILE: /run/secrets/…`.
 */
export function confidentialVariables(root: ComposeNode): ReadonlySet<string> {
  const found = new Set<string>();
  for (const secret of membersOf(root, "secrets")) {
    const environment = isMapNode(secret) ? secret.value.get("environment")?.value : undefined;
    if (typeof environment === "string") found.add(environment);
  }
  for (const service of membersOf(root, "services")) {
    const environment = isMapNode(service) ? service.value.get("environment") : undefined;
    for (const [name, text] of entriesOf(environment)) {
      if (name.endsWith("_FILE") && text.startsWith("/run/secrets/"))
        found.add(name.slice(0, -"_FILE".length));
      const whole = text.startsWith("$") ? variableAt(text, 0) : undefined;
      if (whole?.end === text.length && isConfidential(name)) found.add(whole.name);
      for (const { index, 0: before } of text.matchAll(/[a-z]:\/\/[^\s/@]{0,200}:(?=\$[{A-Za-z_])/gi)) {
        const use = variableAt(text, index + before.length);
        if (use !== undefined && text[use.end] === "@") found.add(use.name);
      }
    }
  }
  return found;
}

function membersOf(root: ComposeNode, name: string): readonly ComposeNode[] {
  const map = isMapNode(root) ? root.value.get(name) : undefined;
  return isMapNode(map) ? [...map.value.values()] : [];
}

function entriesOf(node: ComposeNode | undefined): readonly (readonly [name: string, text: string])[] {
  if (isMapNode(node)) return [...node.value].map(([name, { value }]) => [name, String(value)]);
  if (!isListNode(node)) return [];
  return node.value.map(({ value }) => {
    const [, name = "", text = ""] = /^([^=]*)=?([\s\S]*)$/.exec(String(value)) ?? [];
    return [name, text];
  });
}
