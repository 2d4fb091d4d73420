import type { Printer } from "./table.js";
import { ageColumn, ageOf, nameColumn, nameOf } from "./text.js";

const plain: Printer = {
  columns: [nameColumn, ageColumn],
  cells: (object, now) => [nameOf(object), ageOf(object, now)],
};

/** By `<resource>` or `<resource>.<group>`; other kinds show as `default` does. */
export const printers: { readonly [resource: string]: Printer } = { default: plain };
