/** A mistake that shows only beside what is there already, or where the stack is to run. */
export interface PlanMistake {
  readonly what: string;
  /** What was brought up before; undefined when nothing was. */
  readonly before?: string;
  readonly source: string;
  /** What `infra plan` says of it. */
  readonly says: string;
}

const web = '{ containers: { web: { image: "web:1" } } }';

export const planMistakes: readonly PlanMistake[] = [
  {
    what: "another selector for pods that run",
    before: `deployment("xx", { selector: { app: "a" }, ...${web} })`,
    source: `deployment("xx", { selector: { app: "b" }, ...${web} })`,
    says: "replaced: spec.selector cannot be changed; its pod stops first",
  },
  {
    what: "a ConfigMap that was to stay as it is",
    before: 'configMap("xx", { a: "1" }, { immutable: true })',
    source: 'configMap("xx", { a: "2" }, { immutable: true })',
    says: "replaced: data.a cannot be changed",
  },
  {
    what: "another type for a Secret that is there",
    before: 'secret("xx", { password: generated() })',
    source: 'secret("xx", { password: generated() }, { type: "kubernetes.io/basic-auth" })',
    says: "replaced: type cannot be changed",
  },
  {
    what: "a kind that the instance does not run",
    source: `job("xx", ${web})`,
    says: "Job (batch/v1) does not run on this instance yet",
  },
  {
    what: "a field of a pod that the instance does not enforce",
    source: `deployment("xx", { shareProcesses: true, ...${web} })`,
    says: "shareProcessNamespace: Forbidden: the field is not enforced by this runtime yet",
  },
];
