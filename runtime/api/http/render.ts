import type { Clock } from "../../../stdlib/base/clock.js";
import type { KubeObject } from "../../../stdlib/schema/objects.js";
import { apiVersionOf, type KindRow } from "../../../stdlib/schema/table.js";
import { tableOf } from "../printers/table.js";
import { badRequest } from "../status-error.js";
import { type Exchange, header } from "./exchange.js";
import { type Shape, shapeOf } from "./negotiate.js";

/** Writes objects in the shape a request asked for. */
export interface Renderer {
  one(object: KubeObject): unknown;
  list(objects: readonly KubeObject[], resourceVersion: string): unknown;
  /** What a watch sends to say how far it is. */
  bookmark(resourceVersion: string, annotations: { readonly [key: string]: string }): unknown;
}

/** @throws NotAcceptable, BadRequest */
export function rendererFor(exchange: Exchange, row: KindRow, clock: Clock): Renderer {
  return renderers[shapeOf(header(exchange.request, "accept"))](row, exchange, clock);
}

const renderers: { readonly [shape in Shape]: (row: KindRow, exchange: Exchange, clock: Clock) => Renderer } =
  {
    object: (row) => ({
      one: (object) => object,
      list: (items, resourceVersion) => ({
        kind: `${row.kind}List`,
        apiVersion: apiVersionOf(row),
        metadata: { resourceVersion },
        items,
      }),
      bookmark: (resourceVersion, annotations) => ({
        kind: row.kind,
        apiVersion: apiVersionOf(row),
        metadata: bookmarkMetadata(resourceVersion, annotations),
      }),
    }),
    partial: () => ({
      one: partial,
      list: (items, resourceVersion) => ({
        kind: "PartialObjectMetadataList",
        apiVersion: "meta.k8s.io/v1",
        metadata: { resourceVersion },
        items: items.map(partial),
      }),
      bookmark: (resourceVersion, annotations) => ({
        kind: "PartialObjectMetadata",
        apiVersion: "meta.k8s.io/v1",
        metadata: bookmarkMetadata(resourceVersion, annotations),
      }),
    }),
    table: (row, { query }, clock) => {
      const include = includeObject(query);
      const table = (objects: readonly KubeObject[], metadata: object) =>
        tableOf(row, objects, { now: clock.now(), include, metadata });
      return {
        one: (object) => table([object], { resourceVersion: object.metadata.resourceVersion }),
        list: (objects, resourceVersion) => table(objects, { resourceVersion }),
        bookmark: (resourceVersion, annotations) => table([], bookmarkMetadata(resourceVersion, annotations)),
      };
    },
  };

function bookmarkMetadata(resourceVersion: string, annotations: { readonly [key: string]: string }): object {
  const creationTimestamp = null;
  return Object.keys(annotations).length === 0
    ? { resourceVersion, creationTimestamp }
    : { resourceVersion, creationTimestamp, annotations };
}

/** The object's metadata alone. */
function partial({ metadata }: KubeObject): object {
  return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata };
}

function includeObject(query: URLSearchParams): "Object" | "Metadata" | "None" {
  const given = query.get("includeObject") || "Metadata";
  if (given === "Object" || given === "Metadata" || given === "None") return given;
  throw badRequest(`includeObject: unrecognized value "${given}"`);
}
