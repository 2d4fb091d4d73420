import { InfraError } from "../../stdlib/base/errors.js";

/** A pod's configuration cannot be turned into a container yet. */
export class ContainerConfigError extends InfraError {
  readonly code = "container-config";
  /** What kubelet calls it. */
  readonly reason: string;

  constructor(message: string, reason = "CreateContainerConfigError") {
    super(message);
    this.reason = reason;
  }
}

/** Text of an image's /etc/passwd and /etc/group; undefined when it has none. */
export interface AccountFiles {
  readonly passwd: string | undefined;
  readonly group: string | undefined;
}

export interface ProcessUser {
  readonly uid: number;
  readonly gid: number;
  readonly additionalGids: readonly number[];
}

export interface UserRequest {
  /** From the security context; wins over the image's. */
  readonly runAsUser: number | undefined;
  readonly runAsGroup: number | undefined;
  readonly runAsNonRoot: boolean;
  /** `USER` of the image: `""`, `name`, `uid`, each with an optional `:group`. */
  readonly imageUser: string;
  readonly supplementalGroups: readonly number[];
  readonly fsGroup: number | undefined;
}

/**
 * Who a container's process is.
 *
 * Source: kubelet `verifyRunAsNonRoot`; containerd `oci.WithUser`, `WithAdditionalGIDs`: groups come from the image's
 * files by the user's name, the primary group from the passwd entry or 0.
 *
 * @throws {ContainerConfigError} for a name the image does not have, or root where it is not allowed.
 */
export function resolveUser(request: UserRequest, files: AccountFiles): ProcessUser {
  const [imageName = "", imageGroup] = request.imageUser.split(":");
  const named = request.runAsUser === undefined ? imageName : String(request.runAsUser);
  if (request.runAsNonRoot && request.runAsUser === undefined && imageName !== "" && !isNumber(imageName))
    throw new ContainerConfigError(
      `container has runAsNonRoot and image has non-numeric user (${imageName}), cannot verify user is non-root`,
    );
  const entry = findUser(named, files);
  if (request.runAsNonRoot && entry.uid === 0)
    throw new ContainerConfigError(
      request.runAsUser === 0
        ? "container's runAsUser breaks non-root policy"
        : "container has runAsNonRoot and image will run as root",
    );
  const group = request.runAsUser === undefined ? imageGroup : undefined;
  const gid = request.runAsGroup ?? (group === undefined ? entry.gid : findGroup(group, files));
  const fromImage = entry.name === undefined ? [] : groupsOf(entry.name, files);
  const asked = [...request.supplementalGroups, ...(request.fsGroup === undefined ? [] : [request.fsGroup])];
  return { uid: entry.uid, gid, additionalGids: [...new Set([gid, ...fromImage, ...asked])] };
}

/**
 * A user's home by the image's passwd file; `/` for one it does not list.
 * Source: runc and crun set HOME so where neither image nor pod does.
 */
export function homeOf(uid: number, { passwd }: AccountFiles): string {
  return rowsOf(passwd).find(([, , own]) => Number(own) === uid)?.[5] || "/";
}

function findUser(user: string, files: AccountFiles): { name: string | undefined; uid: number; gid: number } {
  const rows = rowsOf(files.passwd).map(([name = "", , uid = "", gid = ""]) => ({
    name,
    uid: Number(uid),
    gid: Number(gid),
  }));
  if (user === "") return rows.find(({ uid }) => uid === 0) ?? { name: undefined, uid: 0, gid: 0 };
  const byNumber = isNumber(user) ? rows.find(({ uid }) => uid === Number(user)) : undefined;
  const found = byNumber ?? rows.find(({ name }) => name === user);
  if (found !== undefined) return found;
  if (isNumber(user)) return { name: undefined, uid: Number(user), gid: 0 };
  throw new ContainerConfigError(`unable to find user ${user}: no matching entries in passwd file`);
}

function findGroup(group: string, files: AccountFiles): number {
  const found = rowsOf(files.group).find(([name, , gid]) => name === group || gid === group);
  if (found !== undefined) return Number(found[2]);
  if (isNumber(group)) return Number(group);
  throw new ContainerConfigError(`unable to find group ${group}: no matching entries in group file`);
}

function groupsOf(user: string, files: AccountFiles): number[] {
  return rowsOf(files.group)
    .filter(([, , , members = ""]) => members.split(",").includes(user))
    .map(([, , gid = ""]) => Number(gid));
}

function rowsOf(text: string | undefined): string[][] {
  return (text ?? "")
    .split("\n")
    .map((line) => line.trim().split(":"))
    .filter((fields) => fields.length >= 3 && isNumber(fields[2] ?? ""));
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}
