import type { Explained } from "./example.js";

const definition = (scope: string) => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: backups.example.org }
spec:
  group: example.org
  names: { kind: Backup, plural: backups }
  scope: ${scope}
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }]`;

const settings = (name: string, mode: string) =>
  `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name} }, data: { mode: ${mode} } }`;

/** What is read of other tools. */
export const importExamples = {
  "compose-invalid": {
    wrong: 'services: { web: { image: "nginx:1.29", restarts: always } }',
    right: 'services: { web: { image: "nginx:1.29", restart: always } }',
    file: "compose.yaml",
  },
  "definition-invalid": {
    wrong: definition("Global"),
    right: definition("Namespaced"),
    file: "definitions.yaml",
  },
  "dockerfile-invalid": {
    wrong: "FROM debian\nRNU apt-get update",
    right: "FROM debian\nRUN apt-get update",
    file: "Dockerfile",
  },
  "import-differs": {
    wrong: 'FROM debian\nSTOPSIGNAL SIGINT\nCMD ["sleep", "60"]',
    right: 'FROM debian\nCMD ["sleep", "60"]',
    file: "Dockerfile",
  },
  "import-refused": {
    wrong: 'FROM python:3.13\nCMD ["python3"]',
    right: 'FROM debian\nRUN apt-get update && apt-get install -y python3\nCMD ["python3"]',
    file: "Dockerfile",
  },
  "object-left-out": {
    wrong:
      "{ apiVersion: v1, kind: Pod, metadata: { name: web-x2k9, uid: 7d1e, ownerReferences: [{ controller: true, kind: ReplicaSet, name: web }] } }",
    right: settings("web", "fast"),
    file: "objects.yaml",
  },
  "object-twice": {
    wrong: `${settings("web", "fast")}\n---\n${settings("web", "slow")}`,
    right: `${settings("web", "fast")}\n---\n${settings("night", "slow")}`,
    file: "objects.yaml",
  },
  "yaml-invalid": {
    wrong: "{ apiVersion: v1, kind: ConfigMap, metadata: { name: web, name: shop } }",
    right: "{ apiVersion: v1, kind: ConfigMap, metadata: { name: web } }",
    file: "objects.yaml",
  },
} as const satisfies { readonly [code: string]: Explained };
