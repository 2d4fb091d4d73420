/**
 * Makes the language itself constant for the stack that runs next: what a program would put into its prototypes and
 * globals would change what the stdlib means, somewhere else than where it is written.
 */

/** Reached by no global name. */
const hidden: readonly object[] = [
  Object.getPrototypeOf(Int8Array.prototype),
  Object.getPrototypeOf(Int8Array),
  ...[
    [][Symbol.iterator](),
    new Map().entries(),
    new Set().entries(),
    ""[Symbol.iterator](),
    "".matchAll(/a/g),
  ].map((iterator) => Object.getPrototypeOf(iterator) as object),
  Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())),
  ...[function* () {}, async () => {}, async function* () {}].map(
    (one) => Object.getPrototypeOf(one) as object,
  ),
  Object.getPrototypeOf(function* () {}).prototype,
  Object.getPrototypeOf(async function* () {}).prototype,
];

/**
 * Assigning to an object what a frozen prototype of it has fails in strict code, `this.name = "MyError"` among it. These
 * become properties that are kept by the object that is assigned to.
 */
function allowOverride(prototype: object, names: readonly string[]): void {
  for (const name of names) {
    const { value } = Object.getOwnPropertyDescriptor(prototype, name) ?? {};
    if (value === undefined) continue;
    Object.defineProperty(prototype, name, {
      get: () => value,
      set(this: object, own: unknown) {
        if (this === prototype) throw new TypeError(`Cannot assign to "${name}": it is part of the language`);
        Object.defineProperty(this, name, {
          value: own,
          writable: true,
          configurable: true,
          enumerable: true,
        });
      },
      configurable: false,
      enumerable: false,
    });
  }
}

export function lockDown(): void {
  const globals = Object.getOwnPropertyNames(globalThis).flatMap((name) => {
    const property = Object.getOwnPropertyDescriptor(globalThis, name);
    return property === undefined || !("value" in property) || name === "globalThis"
      ? []
      : [{ name, value: property.value as unknown }];
  });
  const isError = (value: unknown) =>
    typeof value === "function" && (value === Error || value.prototype instanceof Error);
  for (const { value } of globals)
    if (isError(value))
      allowOverride((value as ErrorConstructor).prototype, ["name", "message", "toString", "constructor"]);
  allowOverride(Object.prototype, ["toString", "valueOf", "hasOwnProperty", "constructor"]);
  allowOverride(Function.prototype, ["toString"]);
  for (const { name, value } of globals) {
    if (typeof value === "function" || typeof value === "object") Object.freeze(value);
    if (typeof value === "function") Object.freeze(value.prototype);
    // With its value: a context's own global forgets one that is not given again.
    Object.defineProperty(globalThis, name, { value, writable: false, configurable: false });
  }
  for (const object of hidden) Object.freeze(object);
}

/** Adds globals that are as constant as the language, and what is in them too. */
export function addConstants(own: { readonly [name: string]: object }): void {
  for (const [name, value] of Object.entries(own)) {
    Object.defineProperty(globalThis, name, { value, writable: false, configurable: false });
    if (ArrayBuffer.isView(value)) continue;
    for (const member of Object.values(value)) Object.freeze(member);
    Object.freeze(value);
  }
}
