import type { KubeObject } from "../../../stdlib/schema/objects.js";
import type { KindRow } from "../../../stdlib/schema/table.js";
import { plainPrinter, printers } from "./kinds.js";

export type Cell = string | number | boolean;

/** A column as clients show it; those with priority 1 only when asked for more (`-o wide`). */
export interface Column {
  readonly name: string;
  readonly type: "string" | "integer" | "boolean";
  readonly format?: "name";
  readonly description: string;
  readonly priority: 0 | 1;
}

/** How a kind is shown: its columns, and the cells of one object in their order. */
export interface Printer {
  readonly columns: readonly Column[];
  /** `now` in milliseconds since the epoch: ages are the server's to compute. */
  cells(object: KubeObject, now: number): readonly Cell[];
}

export interface TableOptions {
  readonly now: number;
  /** What each row carries of its object. */
  readonly include: "Object" | "Metadata" | "None";
  /** The Table's own. */
  readonly metadata: object;
}

/** `Table` of meta.k8s.io/v1: what `kubectl get` prints. */
export function tableOf(row: KindRow, objects: readonly KubeObject[], options: TableOptions): object {
  const printer = printers[`${row.resource}${row.group === "" ? "" : `.${row.group}`}`] ?? plainPrinter;
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata: options.metadata,
    columnDefinitions: printer.columns.map((column) => ({ format: "", ...column })),
    rows: objects.map((object) => ({
      cells: printer.cells(object, options.now),
      object: rowObject(object, options.include),
    })),
  };
}

function rowObject(object: KubeObject, include: TableOptions["include"]): object | null {
  if (include === "None") return null;
  if (include === "Object") return object;
  return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata };
}
