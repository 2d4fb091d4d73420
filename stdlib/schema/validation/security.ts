import { checkDnsSubdomain } from "../../base/names.js";
import type {
  AppArmorProfile,
  PodSecurityContext,
  PodSpec,
  SeccompProfile,
  SecurityContext,
} from "../../kubernetes/generated/core-v1.js";
import type { Checker } from "./checker.js";
import { validateDescendingPath, validateId } from "./values.js";

/** Source: Kubernetes `validatePodSpecSecurityContext`, `validateHostUsers`, `validateLinux`, `validateWindows`. */
export function validatePodSecurity(check: Checker, spec: PodSpec): void {
  const at = check.at("securityContext");
  const context = spec.securityContext ?? {};
  validateId(at.at("fsGroup"), context.fsGroup);
  validateId(at.at("runAsUser"), context.runAsUser);
  validateId(at.at("runAsGroup"), context.runAsGroup);
  for (const [index, group] of (context.supplementalGroups ?? []).entries())
    validateId(at.at("supplementalGroups").index(index), group);
  at.at("fsGroupChangePolicy").oneOf(context.fsGroupChangePolicy, ["Always", "OnRootMismatch"]);
  at.at("supplementalGroupsPolicy").oneOf(context.supplementalGroupsPolicy, ["Merge", "Strict"]);
  at.at("seLinuxChangePolicy").oneOf(context.seLinuxChangePolicy, ["Recursive"]); // `MountOption` is behind a gate
  validateSeccomp(at.at("seccompProfile"), context.seccompProfile);
  validateAppArmor(at.at("appArmorProfile"), context.appArmorProfile);
  validateSysctls(at.at("sysctls"), context, spec);
  if (spec.shareProcessNamespace === true && spec.hostPID === true)
    at.at("shareProcessNamespace").invalid(true, "ShareProcessNamespace and HostPID cannot both be enabled");
  if (spec.hostUsers === false) {
    if (spec.hostNetwork === true) check.at("hostNetwork").forbidden("when `hostUsers` is false");
    if (spec.hostPID === true) check.at("HostPID").forbidden("when `hostUsers` is false");
    if (spec.hostIPC === true) check.at("HostIPC").forbidden("when `hostUsers` is false");
  }
  validateSystem(check, spec);
}

/** Source: Kubernetes `ValidateSecurityContext`. */
export function validateContainerSecurity(
  check: Checker,
  context: SecurityContext | undefined,
  spec: PodSpec,
): void {
  if (context === undefined) return;
  validateId(check.at("runAsUser"), context.runAsUser);
  validateId(check.at("runAsGroup"), context.runAsGroup);
  check.at("procMount").oneOf(context.procMount, ["Default", "Unmasked"]);
  if (context.procMount === "Unmasked" && spec.hostUsers !== false)
    check.at("procMount").invalid(context.procMount, "`hostUsers` must be false to use `Unmasked`");
  validateSeccomp(check.at("seccompProfile"), context.seccompProfile);
  validateAppArmor(check.at("appArmorProfile"), context.appArmorProfile);
  if (context.allowPrivilegeEscalation !== false) return;
  if (context.privileged === true)
    check.invalid(context, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
  if (context.capabilities?.add?.includes("CAP_SYS_ADMIN") === true)
    check.invalid(
      context,
      "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN",
    );
}

const profileTypes = ["Localhost", "RuntimeDefault", "Unconfined"];

function validateSeccomp(check: Checker, profile: SeccompProfile | undefined): void {
  if (profile === undefined) return;
  const { localhostProfile, type } = profile;
  check.at("type").requiredOneOf(type, profileTypes);
  if (type === "Localhost") {
    if (localhostProfile === undefined)
      check.at("localhostProfile").required("must be set when seccomp type is Localhost");
    else validateDescendingPath(check.at("localhostProfile"), localhostProfile);
  } else if (localhostProfile !== undefined)
    check.at("localhostProfile").invalid(localhostProfile, "can only be set when seccomp type is Localhost");
}

function validateAppArmor(check: Checker, profile: AppArmorProfile | undefined): void {
  if (profile === undefined) return;
  const { localhostProfile, type } = profile;
  check.at("type").requiredOneOf(type, profileTypes);
  if (type !== "Localhost") {
    if (localhostProfile !== undefined)
      check
        .at("localhostProfile")
        .invalid(localhostProfile, "can only be set when AppArmor type is Localhost");
  } else if (!localhostProfile?.trim())
    check.at("localhostProfile").required("must be set when AppArmor type is Localhost");
  else if (localhostProfile !== localhostProfile.trim())
    check.at("localhostProfile").invalid(localhostProfile, "must not be padded with whitespace");
}

const sysctlPattern = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/;

function validateSysctls(check: Checker, { sysctls = [] }: PodSecurityContext, spec: PodSpec): void {
  const names = new Set<string>();
  for (const [index, { name }] of sysctls.entries()) {
    const at = check.index(index).at("name");
    if (!name) at.required();
    else if (name.length > 253 || !sysctlPattern.test(name))
      at.invalid(name, `must have at most 253 characters and match regex ${sysctlPattern.source}`);
    else if (names.has(name)) at.duplicate(name);
    names.add(name);
    if (spec.hostNetwork === true && name?.startsWith("net."))
      at.invalid(name, "may not be specified when 'hostNetwork' is true");
    if (spec.hostIPC === true && /^(kernel\.(shm|msg|sem)|fs\.mqueue\.)/.test(name ?? ""))
      at.invalid(name, "may not be specified when 'hostIPC' is true");
  }
}

const notOfWindows = [
  "allowPrivilegeEscalation",
  "appArmorProfile",
  "capabilities",
  "privileged",
  "procMount",
  "readOnlyRootFilesystem",
  "runAsGroup",
  "runAsUser",
  "seLinuxOptions",
  "seccompProfile",
] as const;
const notOfWindowsPods = [
  "appArmorProfile",
  "fsGroup",
  "fsGroupChangePolicy",
  "runAsGroup",
  "runAsUser",
  "seLinuxChangePolicy",
  "seLinuxOptions",
  "seccompProfile",
  "supplementalGroups",
  "supplementalGroupsPolicy",
  "sysctls",
] as const;

/** What one operating system has and the other has not. */
function validateSystem(check: Checker, spec: PodSpec): void {
  const name = spec.os?.name;
  validateWindowsOptions(check.at("securityContext.windowsOptions"), spec.securityContext);
  if (spec.os !== undefined) check.at("os").oneOf(name, ["linux", "windows"]);
  if (spec.os !== undefined && !name) check.at("os.name").required();
  const containers = (["containers", "initContainers"] as const).flatMap((list) =>
    (spec[list] ?? []).map((container, index) => ({
      at: check.at(list).index(index).at("securityContext"),
      context: container.securityContext,
    })),
  );
  for (const { at, context } of containers) validateWindowsOptions(at.at("windowsOptions"), context);
  if (name === "linux")
    for (const { at, context } of [
      { at: check.at("securityContext"), context: spec.securityContext },
      ...containers,
    ])
      if (context?.windowsOptions !== undefined)
        at.at("windowsOptions").forbidden("windows options cannot be set for a linux pod");
  if (name !== "windows") return;
  for (const field of ["hostPID", "hostIPC"] as const)
    if (spec[field] === true) check.at(field).forbidden("cannot be set for a windows pod");
  if (spec.hostUsers !== undefined) check.at("hostUsers").forbidden("cannot be set for a windows pod");
  if (spec.shareProcessNamespace !== undefined)
    check.at("shareProcessNamespace").forbidden("cannot be set for a windows pod");
  for (const field of notOfWindowsPods)
    if (spec.securityContext?.[field] !== undefined)
      check.at("securityContext").at(field).forbidden("cannot be set for a windows pod");
  for (const { at, context } of containers)
    for (const field of notOfWindows)
      if (context?.[field] !== undefined) at.at(field).forbidden("cannot be set for a windows pod");
}

function validateWindowsOptions(
  check: Checker,
  context: { windowsOptions?: { gmsaCredentialSpecName?: string; runAsUserName?: string } } | undefined,
): void {
  const { gmsaCredentialSpecName, runAsUserName } = context?.windowsOptions ?? {};
  if (gmsaCredentialSpecName !== undefined)
    check.at("gmsaCredentialSpecName").name(gmsaCredentialSpecName, checkDnsSubdomain);
  if (runAsUserName === "")
    check.at("runAsUserName").invalid(runAsUserName, "runAsUserName cannot be an empty string");
}
