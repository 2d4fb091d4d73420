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
  const words = wordsOf(name);
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

/** The same for who only warns of it: the name ends with the word of a secret. */
export function endsConfidential(name: string): boolean {
  return isConfidential(name) && secretWord.test(wordsOf(name).at(-1) ?? "");
}

function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])(?=[A-Z])/g, "$1_")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => /[a-z]/.test(word)); // TOKEN_2 is a token
}

/** Whether a variable holds a user and a password: `BASIC_AUTH: shop:hunter2`. */
export function isLogin(name: string, text: string): boolean {
  return (
    /^(auth|login|userpass|htpasswd)$/.test(wordsOf(name).at(-1) ?? "") &&
    /^[^\s:/]+[:/][^\s/]\S*$/.test(text)
  );
}

interface SecretPart {
  readonly start: number;
  readonly end: number;
}

/** Tokens that say by their beginning whose they are. */
const tokens = new RegExp(
  [
    "gh[pousr]_[A-Za-z0-9]{36,}",
    "github_pat_\\w{22,}",
    "gl(?:pat|rt|dt)-[\\w-]{20,}",
    "xox[abeoprs]-[A-Za-z0-9-]{10,}",
    "(?:sk|rk)_live_[A-Za-z0-9]{16,}",
    "sk-(?:ant-|proj-)?[\\w-]{20,}",
    "npm_[A-Za-z0-9]{36}",
    "AIza[\\w-]{35}",
    "SG\\.[\\w-]{16,}\\.[\\w-]{16,}",
    "eyJ[\\w-]{8,}\\.eyJ[\\w-]{8,}\\.[\\w-]{8,}",
  ]
    .map((one) => `(?<![\\w-])${one}(?![\\w-])`)
    .join("|"),
  "g",
);
const privateKey = /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----/;
/** Longest text that is looked into: no ConfigMap holds more. */
const longest = 1024 * 1024;

/**
 * What is a secret in a text whatever it is the text of: a private key, which makes the whole one; the password of an
 * address, `scheme://user:password@` or `?password=…`; a token of a known form. What a variable stands for is none.
 */
export function secretsIn(text: string): readonly SecretPart[] {
  if (text.length > longest) return [];
  if (privateKey.test(text)) return [{ start: 0, end: text.length }];
  const found: SecretPart[] = [];
  for (const { 0: whole, 1: before = "", index } of text.matchAll(
    /([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@]{0,80}:)[^\s/:@]{1,200}(?=@)/gi,
  ))
    found.push({ start: index + before.length, end: index + whole.length });
  for (const { 0: whole, 1: before = "", 2: name = "", index } of text.matchAll(
    /([?&;]([A-Za-z][\w.-]{0,60})=)[^\s&;#"']{1,200}/g,
  ))
    if (endsConfidential(name)) found.push({ start: index + before.length, end: index + whole.length });
  for (const { 0: whole, index } of text.matchAll(tokens))
    found.push({ start: index, end: index + whole.length });
  const isMeant = ({ end, start }: SecretPart) => !/^(\$|%|<|\{\{|\*+$)/.test(text.slice(start, end));
  return found
    .filter(isMeant)
    .sort((one, other) => one.start - other.start)
    .filter(({ start }, index, all) => start >= (all[index - 1]?.end ?? 0));
}

/** Options whose names are a password's in one word. */
const passwordOption = /^(requirepass|masterauth|rootpw|userpass)$/i;

/** Whether an option or a variable of a command is given a secret: `--password`, `--requirepass`, `PGPASSWORD=`. */
function isSecretOption(name: string): boolean {
  return passwordOption.test(name) || isConfidential(name);
}

/** By the suffix that others look for in a name too. Source: Polaris `sensitiveContainerEnvVar`. */
const sensitiveName =
  /(password|passwd|passphrase|secret|token|bearer|(api|private|access|^azure.*)[-_.]?key|key[-_.]content)$/i;

/** Whether a name and its value speak of a secret so plainly that it is warned of. */
export function speaksOfSecret(name: string, value: string): boolean {
  if (value === "" || sensitiveName.test(name)) return value !== "";
  return (endsConfidential(name) && isSecretText(value)) || secretsIn(value).length > 0;
}

/** Files whose lines say a name and its value. */
const settingsFile = /\.(properties|ini|conf|cfg|env|toml|ya?ml|json)$/;

/** The first line of a file of settings that says a password, by its name. */
export function secretSetting(file: string, text: string): string | undefined {
  if (!settingsFile.test(file) || text.length > longest) return undefined;
  const setting =
    /^[ \t]*(?:export )?["']?([A-Za-z][\w.-]{0,80})["']?[ \t]*[=:][ \t]*["']?([^\s"'#,;()]{1,200})["']?[,;]?[ \t]*$/gm;
  for (const [, name = "", value = ""] of text.matchAll(setting))
    if (
      /(password|passwd|passphrase|token|(api|private|access|secret)[-_.]?key)$/i.test(name) &&
      isSecretText(value) &&
      !/^[$<%{*|>&!@]|password|secret|token|^(null|none|~|\d+)$/i.test(value)
    )
      return name;
  return undefined;
}

/** What a command is told as `--password=…`, `--password …` or `PGPASSWORD=…`: where each secret stands, and its name. */
export function secretsInCommand(
  text: string,
  isOption: (name: string) => boolean = isSecretOption,
): readonly (SecretPart & { readonly name: string })[] {
  const given =
    /(^|[\s"';&|(])(?:--?([A-Za-z][\w.-]{1,60})(?:=|\s+)|([A-Za-z_]\w{1,60})=)(?:"([^"]{1,200})"|'([^']{1,200})'|([^\s"';&|)]{1,200})(?=[\s"';&|)]|$))/g;
  return [...text.matchAll(given)].flatMap((found) => {
    const [whole, lead, option, variable, double, single, bare = ""] = found;
    const name = option ?? variable ?? "";
    const value = double ?? single ?? bare;
    const end = found.index + whole.length - (bare === "" ? 1 : 0);
    const after = text[end] ?? "";
    if (bare !== "" && /["']/.test(after) && after !== lead) return []; // a part of a longer word
    const isMeant = isOption(name) && isSecretText(value) && !/^[-$<%{]/.test(value);
    return isMeant ? [{ name, start: end - value.length, end }] : [];
  });
}

/** The options of a command that say a secret so plainly that it is warned of. */
export function secretOptions(words: readonly string[]): readonly string[] {
  const isOption = (name: string) =>
    passwordOption.test(name) || sensitiveName.test(name) || endsConfidential(name);
  return words.flatMap((word, index) => {
    const before = words[index - 1] ?? "";
    const isValue = /^--?[A-Za-z][\w.-]*$/.test(before) && !/\s/.test(word);
    return secretsInCommand(isValue ? `${before} ${word}` : word, isOption).map(({ name }) => name);
  });
}
