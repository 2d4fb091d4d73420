import { at, type Construct, numberAt, textAt, textMap } from "./context.js";
import { Members } from "./members.js";
import { claimMembers } from "./volumes.js";
import { setDescribed } from "./workloads.js";

export const claim: Construct = (context) => {
  const { object } = context;
  const spec = claimMembers(context, object, []);
  if (spec === undefined) return undefined;
  const members = new Members(context.comments);
  for (const { name, value } of spec.members) members.set(name, value);
  setDescribed(context, members, textMap(object.metadata.labels));
  return { call: ["claim"], arguments: [object.metadata.name ?? "", members.object] };
};

export const namespace: Construct = (context) => {
  const { object } = context;
  const members = new Members(context.comments);
  const { "pod-security.kubernetes.io/enforce": level, ...labels } = textMap(object.metadata.labels) ?? {};
  members.set("podSecurity", level, ["metadata", "labels"]);
  setDescribed(context, members, labels);
  return { call: ["namespace"], arguments: [object.metadata.name ?? "", members.object] };
};

export const priorityClass: Construct = (context) => {
  const { comments, object } = context;
  const members = new Members(comments);
  members.set("value", numberAt(object, "value"), ["value"]);
  members.set("description", textAt(object, "description"), ["description"]);
  if (at(object, ["globalDefault"]) === true) members.set("default", true, ["globalDefault"]);
  if (textAt(object, "preemptionPolicy") === "Never") members.set("preempts", false, ["preemptionPolicy"]);
  setDescribed(context, members, textMap(object.metadata.labels));
  return { call: ["priorityClass"], arguments: [object.metadata.name ?? "", members.object] };
};
