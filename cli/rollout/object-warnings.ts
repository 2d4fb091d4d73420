import type { Event } from "../../stdlib/kubernetes/generated/core-v1.js";
import { objectKey } from "../../stdlib/schema/bundle.js";

/** Something about an object that stands in nobody's way, and that its author wants to know. */
export interface ObjectWarning {
  /** Key of the object. */
  readonly object: string;
  readonly text: string;
}

/** Kinds whose state is told by readiness instead, with the reasons of their pods. */
const judged: ReadonlySet<string> = new Set(["Deployment", "ReplicaSet", "Pod"]);

/** Of each object the last Event, when that is a warning: what came after it has settled it. */
export function warningsOf(events: readonly Event[], objects: ReadonlySet<string>): readonly ObjectWarning[] {
  const last = new Map<string, Event>();
  for (const event of events) {
    const { apiVersion = "", kind = "", name = "", namespace } = event.involvedObject;
    if (judged.has(kind)) continue;
    const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
    const key = objectKey({ apiVersion, kind, metadata });
    const known = last.get(key);
    if (objects.has(key) && isAfter(event, known)) last.set(key, event);
  }
  return [...last]
    .filter(([, { type }]) => type === "Warning")
    .map(([object, { message = "" }]) => ({ object, text: message }));
}

/** Versions are comparable: Kubernetes KEP-5504. */
function isAfter(event: Event, known: Event | undefined): boolean {
  return (
    known === undefined ||
    BigInt(event.metadata.resourceVersion ?? 0) > BigInt(known.metadata.resourceVersion ?? 0)
  );
}
