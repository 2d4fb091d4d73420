/** A small program that has the mistake, and the same as it is meant. */
export interface Example {
  readonly wrong: string;
  readonly right: string;
  /** The file that it stands in; otherwise a stack's `infra.ts`. */
  readonly file?: "infra.infra" | "compose.yaml" | "Dockerfile" | "objects.yaml" | "definitions.yaml";
}

/** Of what no program has wrong: when it is said all the same. */
export interface Occasion {
  readonly when: string;
}

export type Explained = Example | Occasion;
