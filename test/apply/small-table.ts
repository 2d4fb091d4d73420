import type { KindRow, TypeTable } from "../../stdlib/schema/table.js";

/** A Deployment-shaped kind that has one field of every topology; independent of the generated table. */
const string = { scalar: "string" } as const;
const field = (type: object, more: object = {}) => ({ type, proto: 0, ...more });

export const smallTable = {
  Deployment: {
    fields: {
      apiVersion: field(string),
      kind: field(string),
      metadata: field({ ref: "ObjectMeta" }),
      spec: field({ ref: "Spec" }),
      status: field({ ref: "Status" }),
    },
  },
  ObjectMeta: {
    fields: {
      name: field(string),
      namespace: field(string),
      labels: field({ map: string }),
      annotations: field({ map: string }),
      finalizers: field({ list: string }, { listType: "set", patchStrategy: ["merge"] }),
    },
  },
  Spec: {
    fields: {
      replicas: field({ scalar: "int32" }, { default: 1 }),
      selector: field({ ref: "Selector" }),
      strategy: field({ ref: "Strategy" }, { patchStrategy: ["retainKeys"] }),
      template: field({ ref: "Template" }),
    },
  },
  Selector: { atomic: true, fields: { matchLabels: field({ map: string }) } },
  Strategy: { fields: { type: field(string), rollingUpdate: field({ ref: "Rolling" }) } },
  Rolling: {
    fields: { maxSurge: field({ scalar: "intOrString" }), maxUnavailable: field({ scalar: "intOrString" }) },
  },
  Template: { fields: { metadata: field({ ref: "ObjectMeta" }), spec: field({ ref: "PodSpec" }) } },
  PodSpec: {
    fields: {
      containers: field(
        { list: { ref: "Container" } },
        { listType: "map", listMapKeys: ["name"], patchStrategy: ["merge"], patchMergeKey: "name" },
      ),
      tolerations: field({ list: string }),
    },
  },
  Container: {
    fields: {
      name: field(string),
      image: field(string),
      args: field({ list: string }),
      ports: field(
        { list: { ref: "Port" } },
        {
          listType: "map",
          listMapKeys: ["containerPort", "protocol"],
          patchStrategy: ["merge"],
          patchMergeKey: "containerPort",
        },
      ),
    },
  },
  Port: {
    fields: {
      name: field(string),
      containerPort: field({ scalar: "int32" }),
      protocol: field(string, { default: "TCP" }),
    },
  },
  Status: { fields: { readyReplicas: field({ scalar: "int32" }) } },
} as unknown as TypeTable;

export const smallRow: KindRow = {
  group: "apps",
  version: "v1",
  kind: "Deployment",
  resource: "deployments",
  singular: "deployment",
  shortNames: [],
  categories: [],
  namespaced: true,
  type: "Deployment",
  subresources: ["status", "scale"],
};
