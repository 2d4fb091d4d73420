/** What the type checker says of an `.infra` module, in the words of the language. */
interface Saying {
  readonly pattern: RegExp;
  /** undefined where nothing is said: it follows from another mistake. */
  readonly words: ((...parts: string[]) => string) | undefined;
}

const sayings: readonly Saying[] = [
  { pattern: /^(Parameter|Binding element) '.*' implicitly has an 'any' type/, words: undefined },
  {
    pattern: /^Property '(?:map|filter)' does not exist on type '(.*?)'\./,
    words: (type) => `a list is gone through here, not ${kind(type)}`,
  },
  {
    pattern: /^Property '(.*?)' does not exist on type '(.*?)'\./,
    words: (name, type) => `there is no "${plain(name)}" in ${kind(type)}`,
  },
  {
    pattern: /^Expected (.*?) arguments?, but got (.*?)\./,
    words: (wanted, given) => `${plural(wanted)} wanted here, ${given} given`,
  },
  {
    pattern: /^This kind of expression is always (truthy|falsy)/,
    words: (what) => `this condition is always ${what === "truthy" ? "true" : "false"}`,
  },
  {
    pattern: /^(?:Argument of type|Type) '(.*?)' is not assignable to (?:parameter of )?type '(.*?)'\./,
    words: (given, wanted) => `${kind(given)} does not fit here: ${kind(wanted)} is expected`,
  },
  {
    pattern: /^Operator '(.*?)' cannot be applied to types '(.*?)' and '(.*?)'/,
    words: (operator, left, right) => `"${operator}" cannot be applied to ${kind(left)} and ${kind(right)}`,
  },
  {
    pattern: /^The (left|right)-hand side of an arithmetic operation/,
    words: (side) => `the ${side} side of an operator has to be a number`,
  },
  {
    pattern: /types '(.*?)' and '(.*?)' have no overlap/,
    words: (left, right) => `${kind(left)} and ${kind(right)} are never the same`,
  },
  {
    pattern: /is possibly '(?:null|undefined)'|^The value '(?:null|undefined)' cannot be used/,
    words: () => "the value here may be null",
  },
  { pattern: /^This expression is not callable/, words: () => "this is no function" },
  {
    pattern: /^Element implicitly has an 'any' type because .*/,
    words: () => "there may be no such entry",
  },
  {
    pattern: /does not exist in type '.*?'\. Did you mean to write '(.*?)'\?/,
    words: (name) => `there is no such field: "${plain(name)}" is meant`,
  },
  {
    pattern: /^Object literal may only specify known properties, and '?"?(.*?)"?'? does not exist in type/,
    words: (name) => `there is no field "${plain(name)}" here`,
  },
  {
    pattern: /^Property '(.*?)' is missing in type/,
    words: (name) => `the field "${plain(name)}" is missing`,
  },
  {
    pattern: /is missing the following properties from type '.*?': (.*)$/,
    words: (names) => `fields are missing: ${names.replace(/, and \d+ more\.?$/, ", …")}`,
  },
  {
    pattern: /^Tuple type '.*' of length (\d+) has no element at index '(.*?)'/,
    words: (length, index) => `there is no item ${index} in a list of ${length}`,
  },
  {
    pattern: /must have a '\[Symbol\.iterator\]\(\)'|is not an array type/,
    words: () => "a list is wanted here",
  },
  {
    pattern: /^Spread types may only be created/,
    words: () => "only a map is spread in a map",
  },
];

/** @returns undefined where nothing is to be said. */
export function inWords(text: string): string | undefined {
  for (const { pattern, words } of sayings) {
    const found = pattern.exec(text);
    if (found !== null) return words?.(...found.slice(1).map((part) => part ?? ""));
  }
  return withoutPaths(demangled(text));
}

/** Why a value could not be computed, of what a module's code threw; undefined where the engine itself gave up. */
export function whyImpossible(text: string): string | undefined {
  if (/call stack|allocation/i.test(text)) return undefined;
  return /^(?:Range|Type)Error: (.*)$/s.exec(thrownInWords(text))?.[1];
}

/** What the engine says of a module's code. */
export function thrownInWords(text: string): string {
  return withoutPaths(demangled(text))
    .replace(
      /^TypeError: Cannot read properties of (?:undefined|null) \(reading '(.*)'\)$/,
      (_, name) => `TypeError: there is nothing that could have "${name}"`,
    )
    .replace(/^TypeError: .*\.(?:map|filter) is not a function$/, "TypeError: a list is gone through here");
}

/** Names that the language writes into TypeScript, as the author has them: `a$2db_` is `a-b`, `deployment_web_` a block. */
export function demangled(text: string): string {
  return text.replace(/(?<![\w$])(?:[A-Za-z0-9$]+_)+(?![\w$])/g, (name) =>
    name
      .slice(0, -1)
      .split("_")
      .map((part) =>
        part.replace(/\$([0-9a-f]{2})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16))),
      )
      .join("."),
  );
}

function withoutPaths(text: string): string {
  return text.replace(/(typeof )?import\("[^"]*"\)\.?/g, "");
}

function plain(name: string): string {
  return demangled(name).replace(/^"|"$/g, "");
}

function plural(count: string): string {
  return count === "1" ? "one value is" : `${count} values are`;
}

/** A type, as a person would say it. */
function kind(type: string): string {
  const own = withoutPaths(type).trim();
  if (/^typeof /.test(type)) return "this group";
  if (/^("|`)/.test(own) || own === "string") return /^"/.test(own) ? `the text ${demangled(own)}` : "text";
  if (own === "object") return "a map";
  if (own === "number") return "a number";
  if (own === "boolean") return "true or false";
  if (own === "null" || own === "undefined") return "null";
  if (/^-?[\d.]+$/.test(own) || own === "true" || own === "false") return own;
  if (/^\(.*\) => /.test(own)) return "a function";
  if (/\[\]$/.test(own) || /^(readonly )?\[/.test(own) || /^(Readonly)?Array</.test(own)) return "a list";
  if (/^(readonly )?\{/.test(own)) return "a map";
  return demangled(own.replace(/ \| undefined$/, ""));
}
