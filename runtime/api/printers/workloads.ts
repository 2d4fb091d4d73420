import type { Deployment, ReplicaSet } from "../../../stdlib/kubernetes/generated/apps-v1.js";
import type { PodTemplateSpec } from "../../../stdlib/kubernetes/generated/core-v1.js";
import type { KubeObject } from "../../../stdlib/schema/objects.js";
import { type LabelSelector, selectorText } from "../../../stdlib/schema/selectors.js";
import type { Printer } from "./table.js";
import { ageColumn, ageOf, column, nameColumn, nameOf } from "./text.js";

const containerColumns = [
  column("Containers^", "Names of the containers in the template."),
  column("Images^", "Images of the containers in the template."),
  column("Selector^", "Labels of the pods it owns."),
];

export const deploymentPrinter: Printer = {
  columns: [
    nameColumn,
    column("Ready", "Pods that are ready, of those wanted."),
    column("Up-to-date", "Pods of the newest template."),
    column("Available", "Pods that have been ready for long enough."),
    ageColumn,
    ...containerColumns,
  ],
  cells(object, now) {
    const { spec, status } = object as KubeObject & Deployment;
    return [
      nameOf(object),
      `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
      String(status?.updatedReplicas ?? 0),
      String(status?.availableReplicas ?? 0),
      ageOf(object, now),
      ...containerCells(spec?.template, spec?.selector),
    ];
  },
};

export const replicaSetPrinter: Printer = {
  columns: [
    nameColumn,
    column("Desired", "Pods that are wanted.", "integer"),
    column("Current", "Pods that there are.", "integer"),
    column("Ready", "Pods that are ready.", "integer"),
    ageColumn,
    ...containerColumns,
  ],
  cells(object, now) {
    const { spec, status } = object as KubeObject & ReplicaSet;
    return [
      nameOf(object),
      spec?.replicas ?? 0,
      status?.replicas ?? 0,
      status?.readyReplicas ?? 0,
      ageOf(object, now),
      ...containerCells(spec?.template, spec?.selector),
    ];
  },
};

function containerCells(template: PodTemplateSpec | undefined, selector: unknown): string[] {
  const containers = template?.spec?.containers ?? [];
  return [
    containers.map(({ name }) => name).join(","),
    containers.map(({ image }) => image ?? "").join(","),
    selectorText(selector as LabelSelector | undefined) || "<none>",
  ];
}
