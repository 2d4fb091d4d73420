import { commandChain, shellWords } from "./shell-words.js";

/** What a RUN instruction does, in the terms of `image()`. */
export interface RunSteps {
  /** Packages that `apt-get install` names. */
  readonly packages: readonly string[];
  /** Accounts that `useradd` or `adduser` make; the id is undefined when the system picks one. */
  readonly users: readonly {
    readonly name: string;
    readonly id: number | undefined;
    readonly system: boolean;
  }[];
  /** The rest, as the shell is to run it; undefined when nothing is left. */
  readonly command: string | undefined;
  /** What differs, in words for a comment. */
  readonly notes: readonly string[];
  /** Why it cannot be said, and what to write instead. */
  readonly refused: { readonly why: string; readonly instead: string } | undefined;
}

interface Found {
  readonly packages: string[];
  readonly users: { name: string; id: number | undefined; system: boolean }[];
  readonly notes: string[];
}

/** Commands that fetch something: a build has no network. First words, then what follows. */
const fetching: readonly (readonly [command: RegExp, what: RegExp])[] = [
  [/^(curl|wget|add-apt-repository|apt-key|apk|yum|dnf|microdnf|rustup|nvm|aria2c)$/, /(?:)/],
  [/^pip[0-9.]*$|^pipx$|^uv$|^poetry$|^pipenv$/, /^(install|download|sync|add|pip)$/],
  [/^(npm|pnpm|yarn|bun)$/, /^(install|i|ci|add|global|update)$/],
  [/^(npx|corepack|bunx)$/, /(?:)/],
  [/^git$/, /^(clone|fetch|pull|submodule)$/],
  [/^go$/, /^(get|install|mod)$/],
  [/^(cargo|dotnet|mvn|gradle|bundle|composer|gem|mix|conda|mamba|cpan|luarocks)$/, /(?:)/],
];

/**
 * Packages and accounts out of a RUN instruction's command.
 *
 * @param constant - replaces `$NAME` in a word by what is known of it; undefined when it is not known.
 */
export function readRun(text: string, constant: (word: string) => string | undefined): RunSteps {
  const found: Found = { packages: [], users: [], notes: [] };
  const chain = commandChain(text);
  if (chain === undefined) return wholeCommand(text);
  const rest: { readonly operator: string; readonly text: string }[] = [];
  for (const command of chain) {
    const words = shellWords(command.text);
    if (words === undefined) return wholeCommand(text);
    const took = takeCommand(words, constant, found);
    if (took === "kept") rest.push(command);
    else if (took !== "taken")
      return { packages: [], users: [], notes: [], command: undefined, refused: took };
  }
  const meaningful = rest.some(({ text: one }) => !isSetting(one));
  return {
    ...found,
    command: meaningful
      ? rest
          .map(({ operator, text: one }, index) => (index === 0 ? one : joinCommand(operator, one)))
          .join("")
      : undefined,
    refused: undefined,
  };
}

function joinCommand(operator: string, text: string): string {
  return operator === "&&" ? ` && ${text}` : `; ${text}`;
}

/** A command of more than a chain: kept as it is, unless something in it needs the network. */
function wholeCommand(text: string): RunSteps {
  const commands = text.split(/[;&|(){}`\n]+/).map((command) => command.trim().split(/\s+/));
  const fetches = commands.map(fetchedBy).find((one) => one !== undefined);
  const installs = commands.some((words) => {
    const at = words.findIndex((word) => /^(apt|apt-get)$/.test(word));
    return at >= 0 && words.includes("install", at);
  });
  const makes = commands.some((words) => words.some((word) => /^(useradd|adduser)$/.test(word)));
  const refused =
    fetches ??
    (installs || makes
      ? {
          why: `${installs ? "apt-get" : "useradd"} stands among conditions, pipes or groups`,
          instead: installs
            ? "Let a RUN of its own install the packages: RUN apt-get install -y …"
            : "Let a RUN of its own make the account: RUN useradd --uid 1000 app",
        }
      : undefined);
  return { packages: [], users: [], notes: [], command: refused === undefined ? text : undefined, refused };
}

type Taken = "kept" | "taken" | { readonly why: string; readonly instead: string };

function takeCommand(
  words: readonly string[],
  constant: (word: string) => string | undefined,
  found: Found,
): Taken {
  const start = words.findIndex((word) => !/^[A-Za-z_][A-Za-z0-9_]*=/.test(word));
  const [program = "", ...given] = words.slice(start < 0 ? words.length : start);
  const name = program.replace(/^.*\//, "");
  if (name === "apt-get" || name === "apt") return takeApt(given, constant, found);
  if (name === "rm" && given.some((word) => /^\/var\/(lib\/apt|cache\/apt|cache\/debconf)/.test(word)))
    return given.every((word) => /^-|^\/var\/(lib\/apt|cache\/apt|cache\/debconf|lib\/dpkg\/info)/.test(word))
      ? "taken"
      : "kept";
  if (name === "useradd" || name === "adduser") return takeUser(name, given, constant, found);
  if (name === "groupadd" || name === "addgroup") return takeGroup(given, found);
  return fetchedBy(words.slice(Math.max(start, 0))) ?? "kept";
}

function takeApt(
  given: readonly string[],
  constant: (word: string) => string | undefined,
  found: Found,
): Taken {
  const words = withoutOptions(
    given,
    /^(-o|-t|-c|--option|--target-release|--config-file|--default-release)$/,
  );
  const [verb = "", ...names] = words;
  if (["update", "clean", "autoclean", "autoremove", "check"].includes(verb)) return "taken";
  if (/^(upgrade|dist-upgrade|full-upgrade)$/.test(verb)) {
    found.notes.push("versions of packages come from infra.lock: nothing is upgraded while building");
    return "taken";
  }
  if (verb !== "install")
    return {
      why: `image() has no word for apt-get ${verb}`,
      instead: "Packages are named once, those that are to be there: debian({ packages: […] })",
    };
  for (const word of names) {
    const known = word.includes("$") ? constant(word) : word;
    for (const one of known?.split(/\s+/).filter((text) => text !== "") ?? [word]) {
      const [, name, version] = /^([a-z0-9][a-z0-9+.-]+)(=.*|\/.*)?$/.exec(one) ?? [];
      if (name === undefined)
        return {
          why: `"${one}" is no name of a Debian package`,
          instead: "Name packages as Debian's archive does; copy files that are not from there with COPY",
        };
      if (version !== undefined) found.notes.push(`${one}: its version comes from infra.lock`);
      if (!found.packages.includes(name)) found.packages.push(name);
    }
  }
  return "taken";
}

/** Options that no account's name follows are of no consequence here: home, shell and comment of an account. */
const userOptions =
  /^(-[a-zA-Z]*[bcdefghGkKpsu]|--comment|--home|--home-dir|--shell|--gid|--ingroup|--groups|--uid|--skel|--key|--base-dir|--password|--gecos|--expiredate|--inactive)$/;

function takeUser(
  program: string,
  given: readonly string[],
  constant: (word: string) => string | undefined,
  found: Found,
): Taken {
  const refuse = (why: string): Taken => ({
    why,
    instead: "Say the account where the packages are: debian({ packages, users: { app: 1000 } })",
  });
  const words = given.map((word) => (word.includes("$") ? constant(word) : word));
  const known = words.filter((word) => word !== undefined);
  if (known.length < words.length) return refuse("its arguments are known only while building");
  const [name, ...more] = withoutOptions(known, userOptions);
  if (name === undefined) return refuse(`${program} names no account`);
  if (more.length > 0) return refuse(`${program} puts an account into another group`);
  const at = known.findIndex((word) => /^(-u|--uid)(=|$)/.test(word) || /^-u\d+$/.test(word));
  const id = at < 0 ? undefined : (/\d+$/.exec(known[at] ?? "")?.[0] ?? known[at + 1]);
  if (id !== undefined && !/^\d{1,9}$/.test(id)) return refuse(`"${id}" is no user id`);
  const system = known.some((word) => word === "--system" || /^-[a-zA-Z]*[rS][a-zA-Z]*$/.test(word));
  found.users.push({ name, id: id === undefined ? undefined : Number(id), system });
  return "taken";
}

/** A group with an account's name is made with the account. */
function takeGroup(given: readonly string[], found: Found): Taken {
  const [name] = withoutOptions(given, /^(-[a-zA-Z]*[gK]|--gid|--key)$/);
  if (name !== undefined)
    found.notes.push(`group ${name}: an account has a group of its own name and number`);
  return "taken";
}

/** Words that are neither an option nor an option's value. */
function withoutOptions(words: readonly string[], withValue: RegExp): readonly string[] {
  const rest: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (withValue.test(word)) at += 1;
    else if (!word.startsWith("-")) rest.push(word);
  }
  return rest;
}

/** @param words - of one command. */
function fetchedBy(words: readonly string[]): Exclude<Taken, string> | undefined {
  const start = words.findIndex(
    (word) => !/^([A-Za-z_][A-Za-z0-9_]*=.*|sudo|exec|env|if|then|do|else|while|until|!)$/.test(word),
  );
  const command = words.slice(start < 0 ? words.length : start);
  const program =
    /^python[0-9.]*$/.test(command[0] ?? "") && command[1] === "-m" ? command.slice(2) : command;
  const name = program[0]?.replace(/^.*\//, "") ?? "";
  const [verb = ""] = program.slice(1).filter((one) => !one.startsWith("-"));
  if (!fetching.some(([fetcher, what]) => fetcher.test(name) && what.test(verb))) return undefined;
  return {
    why: `"${`${name} ${verb}`.trim()}" needs the network, and commands are run without it while building`,
    instead:
      "Take Debian's package where there is one (apt-get install -y python3-flask), or fetch into a folder beforehand and COPY it",
  };
}

/** `set -eux`: how the commands after it are run. */
function isSetting(command: string): boolean {
  return /^(set\s+[-+][a-zA-Z]+(\s+pipefail)?|true|:|ldconfig)$/.test(command);
}
