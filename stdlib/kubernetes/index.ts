/** Kubernetes 1.35 exactly as the API has it: `apps.v1.Deployment({ metadata, spec })` and the types of every part. */
export * as apps from "./generated/apps.js";
export * as autoscaling from "./generated/autoscaling.js";
export * as batch from "./generated/batch.js";
export * as coordination from "./generated/coordination.js";
export * as core from "./generated/core.js";
export * as discovery from "./generated/discovery.js";
export * as events from "./generated/events.js";
export * as meta from "./generated/meta.js";
export * as networking from "./generated/networking.js";
export * as policy from "./generated/policy.js";
export * as rbac from "./generated/rbac.js";
export * as scheduling from "./generated/scheduling.js";
export * as storage from "./generated/storage.js";
