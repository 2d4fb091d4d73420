import type { KubeObject } from "../../stdlib/schema/objects.js";
import type { Resource } from "../client/client.js";
import { isApiError } from "../client/errors.js";
import { namespaceResource } from "../client/resources.js";
import { type ControllerContext, on, type RunningController, runController } from "./controller.js";

/** How often a namespace that still holds something is looked at, beside the events that tell. */
const recheckMs = 5000;

/** Empties a namespace that is being deleted, then lets it go. */
export function startNamespaces(
  context: ControllerContext,
  namespaced: readonly Resource<KubeObject>[],
): RunningController {
  return runController(
    context,
    "namespace",
    [
      on(namespaceResource, (namespace) => [namespace.metadata.name ?? ""]),
      ...namespaced.map((resource) => ({
        resource,
        keys: (object: KubeObject) => {
          const name = object.metadata.namespace ?? "";
          return context.view.get(namespaceResource, "", name)?.metadata.deletionTimestamp === undefined
            ? []
            : [name];
        },
      })),
    ],
    async (name, queue) => {
      const namespace = context.view.get(namespaceResource, "", name);
      if (namespace?.metadata.deletionTimestamp === undefined) return;
      let remaining = 0;
      for (const resource of namespaced) {
        for (const object of context.view.list(resource, { namespace: name })) {
          remaining += 1;
          if (object.metadata.deletionTimestamp === undefined) await deleteIfThere(context, resource, object);
        }
      }
      const left = namespaced.reduce(
        (count, resource) => count + context.view.list(resource, { namespace: name }).length,
        0,
      );
      if (left === 0)
        await context.client.createSubresource(namespaceResource, "", name, "finalize", {
          ...namespace,
          spec: { finalizers: [] },
        });
      else if (remaining > 0) queue.addAfter(name, recheckMs);
    },
  );
}

async function deleteIfThere(
  context: ControllerContext,
  resource: Resource<KubeObject>,
  object: KubeObject,
): Promise<void> {
  try {
    await context.client.delete(resource, object.metadata.namespace ?? "", object.metadata.name ?? "", {
      propagationPolicy: "Background",
    });
  } catch (error) {
    if (!isApiError(error, "NotFound")) throw error;
  }
}
