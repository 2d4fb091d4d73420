import { escapeText } from "./escape.js";

/** What people call an object, by its key. */
export type Titles = (key: string) => string;

/**
 * `apps/v1/Deployment/default/web` as `deployment/web`; as `deployment/web in default` where another of the objects
 * would be called the same.
 */
export function titlesOf(keys: Iterable<string>): Titles {
  const namespaces = new Map<string, Set<string>>();
  for (const key of keys) {
    const { namespace, title } = partsOf(key);
    namespaces.set(title, (namespaces.get(title) ?? new Set()).add(namespace));
  }
  return (key) => {
    const { namespace, title } = partsOf(key);
    const isShared = (namespaces.get(title)?.size ?? 0) > 1 && namespace !== "";
    return escapeText(isShared ? `${title} in ${namespace}` : title);
  };
}

function partsOf(key: string): { readonly namespace: string; readonly title: string } {
  const [name = "", namespace = "", kind = ""] = key.split("/").reverse();
  return { namespace, title: `${kind.toLowerCase()}/${name}` };
}
