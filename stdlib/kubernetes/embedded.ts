/** A whole object that stands in another, as a claim's template does: its place says of which kind it is. */
export type Embedded<Kind extends { apiVersion: string; kind: string }> = Omit<Kind, "apiVersion" | "kind"> &
  Partial<Pick<Kind, "apiVersion" | "kind">>;
