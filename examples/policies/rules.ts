import { type Policy, policy } from "infra";

/** Rules of our own: each is a function over the objects a stack compiles to, and is tested like one. */
export const ownImages: Policy = policy("own-images", (objects, report) => {
  for (const object of objects.filter(({ kind }) => kind === "Deployment"))
    for (const { image, name } of object["spec"].template.spec.containers)
      if (!image.startsWith("registry.example/"))
        report(object, `"${image}" is not of our registry`, `spec.template.spec.containers[${name}].image`);
});

export const teams: Policy = policy("teams", (objects, report) => {
  for (const object of objects)
    if (object.metadata.labels?.["team"] === undefined && object.kind === "Deployment")
      report(object, "nobody is named in the label team", "metadata.labels");
});
