import { secretsIn, secretsInCommand } from "../confidential.js";
import { refer } from "./constructs/context.js";
import type { ImportedFile } from "./drafts.js";
import type { SourceMember, SourceValue, Statement } from "./program.js";
import type { InputUse, Text } from "./text-parts.js";

/** Where a key's value comes from when the stack is brought up. */
type Origin = { readonly variable: string; readonly help: string } | { readonly text: string };

/**
 * What a project keeps secret, as one Secret: variables of whoever runs `infra up`, and passwords that the Compose file
 * says itself, each in a file of its own. A container gets the keys that it names, no others.
 */
export class Credentials {
  readonly files = new Map<string, ImportedFile>();
  /** By key. */
  readonly #origins = new Map<string, Origin>();
  readonly #uses = new Map<string, InputUse>();
  readonly #byText = new Map<string, InputUse>();
  /** Filled in at the end, when all keys and the names of others are known. */
  readonly #arguments: SourceValue[] = [];
  readonly #statement: Statement = {
    variable: "credentials",
    value: { call: ["secret"], arguments: this.#arguments },
    exported: true,
  };

  /** @param help - what the file says when the variable is missing. */
  variable(name: string, help = ""): InputUse {
    return this.#use(`variable ${name}`, name, { variable: name, help });
  }

  /** A password that the file says. The same text under the same name is one. */
  text(name: string, text: string): InputUse {
    const use = this.#use(`text ${name} ${text}`, name, { text });
    if (!this.#byText.has(text)) this.#byText.set(text, use);
    return use;
  }

  /** A text whose secrets are keys: each one that is known already, or one of its own. */
  split(text: string, name: string): Text {
    const parts = secretsIn(text).map((part) => {
      const isWhole = part.end - part.start === text.length;
      return { ...part, name: isWhole ? name : `${name}_PASSWORD` };
    });
    return this.#split(text, parts);
  }

  /**
   * The same for words of a command, where secrets have the names of their options.
   * @param goesOn - whether the last word ends in what follows.
   */
  splitCommand(text: string, goesOn = false): Text {
    const told = secretsInCommand(text)
      .filter(({ end }) => !goesOn || end < text.length)
      .map((part) => ({ ...part, name: variableOf(part.name) }));
    const others = secretsIn(text).filter(
      ({ end, start }) => !told.some((part) => part.start < end && start < part.end),
    );
    const parts = [...told, ...others.map((part) => ({ ...part, name: "PASSWORD" }))];
    return this.#split(
      text,
      parts.sort((one, other) => one.start - other.start),
    );
  }

  #split(text: string, parts: readonly { name: string; start: number; end: number }[]): Text {
    let at = 0;
    const split = parts.flatMap(({ end, name, start }): Text => {
      const before = text.slice(at, start);
      at = end;
      const secret = text.slice(start, end);
      return [before, this.#byText.get(secret) ?? this.text(name, secret)];
    });
    return [...split, text.slice(at)];
  }

  /** The Secret, when anything is in it. @param nameOf - makes a name that nothing else has. */
  end(nameOf: (wished: string) => string): readonly Statement[] {
    if (this.#origins.size === 0) return [];
    const name = nameOf("credentials");
    const members = [...this.#origins].map(([key, origin]): SourceMember => {
      if ("variable" in origin) {
        const value = { call: ["fromEnv"], arguments: [origin.variable] };
        return { name: key, value, ...(origin.help === "" ? {} : { comment: origin.help.split("\n") }) };
      }
      const path = `secrets/${name}/${key}`;
      this.files.set(path, { content: origin.text, confidential: true });
      return { name: key, value: { call: ["fromFile"], arguments: [`./${path}`] } };
    });
    this.#arguments.push(name, { members });
    return [this.#statement];
  }

  /** @param id - what makes it the same as one before. */
  #use(id: string, wished: string, origin: Origin): InputUse {
    const known = this.#uses.get(id);
    if (known !== undefined) return known;
    let key = wished;
    for (let number = 2; this.#origins.has(key); number += 1) key = `${wished}_${number}`;
    this.#origins.set(key, origin);
    const reference = refer(this.#statement, { name: "key", arguments: [key] });
    const use: InputUse = { reference, value: undefined, secretKey: key };
    this.#uses.set(id, use);
    return use;
  }
}

/** `--root-password` as a variable is called. */
function variableOf(option: string): string {
  return option
    .replace(/([a-z0-9])(?=[A-Z])/g, "$1_")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toUpperCase();
}
