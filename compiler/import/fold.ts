import {
  isObject,
  type SourceMember,
  type SourceObject,
  type SourceProgram,
  type SourceValue,
  type Statement,
  valuesOf,
  withValues,
} from "./program.js";

/** Twice a reader sees at a glance; from here on it is work to see that they are the same. */
const fewest = 3;

/**
 * The program with what it says again and again said once, above: names of images, and sets of labels. Other things that
 * happen to be the same, such as numbers of replicas or resources, are each a decision of their own.
 */
export function fold(program: SourceProgram): SourceProgram {
  const counts = new Map<string, { readonly member: SourceMember; count: number }>();
  for (const { value } of program.statements)
    for (const inner of valuesOf(value))
      for (const member of isObject(inner) ? inner.members : []) {
        const key = keyOf(member);
        if (key === undefined) continue;
        const known = counts.get(key);
        if (known === undefined) counts.set(key, { member, count: 1 });
        else known.count += 1;
      }
  const shared = new Map<string, Statement>();
  for (const [key, { count, member }] of counts)
    if (count >= fewest)
      shared.set(key, { variable: wishedName(member), value: member.value, exported: false });
  if (shared.size === 0) return program;

  const { statements } = withValues(
    program,
    ({ value }) => value,
    (value) => withShared(value, shared),
  );
  return { ...program, statements: [...shared.values(), ...statements] };
}

/** An object with references in place of what is shared; undefined when nothing of it is. */
function withShared(value: SourceValue, shared: ReadonlyMap<string, Statement>): SourceValue | undefined {
  if (!isObject(value)) return undefined;
  const found = value.members.map((member) => shared.get(keyOf(member) ?? ""));
  if (found.every((variable) => variable === undefined)) return undefined;
  return {
    members: value.members.map((member, index) => {
      const variable = found[index];
      return variable === undefined ? member : { ...member, value: { variable } };
    }),
  };
}

/** What two members have to have in common to be the same; undefined for what is never shared. */
function keyOf({ comment, name, value }: SourceMember): string | undefined {
  if (name === "image" && typeof value === "string") return JSON.stringify([name, value]);
  if (!["labels", "matchLabels"].includes(name) || comment !== undefined || !isObject(value))
    return undefined;
  const isPlain = value.members.every((one) => typeof one.value === "string" && one.comment === undefined);
  if (!isPlain || value.members.length < 2) return undefined;
  return JSON.stringify(["labels", ...value.members.map((one) => [one.name, one.value]).sort()]);
}

function wishedName({ name, value }: SourceMember): string {
  if (name === "image") {
    const [path = ""] = String(value).split("@");
    return `${path.split("/").at(-1)?.split(":")[0]} image`;
  }
  const labels = value as SourceObject;
  const about = ["app.kubernetes.io/name", "app", "k8s-app", "app.kubernetes.io/part-of"]
    .map((label) => labels.members.find((member) => member.name === label)?.value)
    .find((text) => text !== undefined);
  const what = name === "matchLabels" ? "selector" : "labels";
  return about === undefined ? what : `${String(about)} ${what}`;
}
