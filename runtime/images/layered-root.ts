import { lstatSync, readlinkSync, type Stats } from "node:fs";
import { InfraError } from "../../stdlib/base/errors.js";
import type { Native } from "../kernel/native.js";
import { absent } from "./content-store.js";
import { fromBytes, toBytes } from "./tar.js";

/** A path cannot lead where it says: through a file, in a circle, or out of the root. */
export class PathInvalid extends InfraError {
  readonly code = "image-path-invalid";
}

/** What a merged path names: its attributes, and the folders that make it up (one path when it is no folder). */
export interface Found {
  readonly stat: Stats;
  /** Topmost first. */
  readonly places: readonly Buffer[];
}

/** Where a path leads once links are followed: real names of what is there, then what is not. */
export interface Resolved {
  readonly real: readonly string[];
  readonly missing: readonly string[];
  /** The last folder that is there. */
  readonly folder: Found;
}

export const opaqueAttribute = "trusted.overlay.opaque";
const maxLinks = 40;

/** An overlay whiteout: a character device 0:0. */
export function isWhiteout(stat: Stats): boolean {
  return stat.isCharacterDevice() && stat.rdev === 0;
}

/**
 * Layer folders seen as overlay would merge them, without mounting.
 *
 * Links are followed inside the root only: an absolute target begins at the root, and `..` stops there, as
 * openat2(2) does with RESOLVE_IN_ROOT. It looks at one name at a time, so it must be the only one that changes the
 * folders meanwhile; that holds because they lie in a folder of root's own and no container runs on them yet.
 */
export class LayeredRoot {
  readonly #layers: readonly Buffer[];
  readonly #native: Pick<Native, "getXattr">;

  /** @param layers - folders, topmost first. */
  constructor(layers: readonly string[], native: Pick<Native, "getXattr">) {
    this.#layers = layers.map((layer) => Buffer.from(layer));
    this.#native = native;
  }

  /** The root itself; undefined without layers. */
  root(): Found | undefined {
    const top = this.#layers[0];
    return top === undefined ? undefined : { stat: lstatSync(top), places: this.#layers };
  }

  /** One name in a merged folder. */
  child(folder: Found, name: string): Found | undefined {
    const places: Buffer[] = [];
    let first: Stats | undefined;
    for (const place of folder.places) {
      const path = join(place, name);
      const stat = lstat(path);
      if (stat === undefined) continue;
      if (!stat.isDirectory()) {
        if (first !== undefined) break; // a folder above hides it
        return isWhiteout(stat) ? undefined : { stat, places: [path] };
      }
      first ??= stat;
      places.push(path);
      if (this.#native.getXattr(path, opaqueAttribute)?.toString() === "y") break;
    }
    return first === undefined ? undefined : { stat: first, places };
  }

  /**
   * Follows a path of folders.
   *
   * @throws {PathInvalid} when something on the way is neither folder nor link, or links go round.
   */
  resolveFolder(names: readonly string[]): Resolved {
    const root = this.root();
    if (root === undefined) return { real: [], missing: names, folder: { stat: lstatSync("/"), places: [] } };
    let trail: { readonly name: string; readonly found: Found }[] = [];
    let pending = [...names];
    let links = 0;
    for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
      if (name === "" || name === ".") continue;
      if (name === "..") {
        trail.pop();
        continue;
      }
      const found = this.child(trail.at(-1)?.found ?? root, name);
      if (found === undefined) {
        pending = [name, ...pending];
        if (pending.includes(".."))
          throw new PathInvalid(`"${names.join("/")}" leads through a missing folder`);
        break;
      }
      const [place] = found.places;
      if (found.stat.isSymbolicLink() && place !== undefined) {
        links += 1;
        if (links > maxLinks) throw new PathInvalid(`"${names.join("/")}" leads through too many links`);
        const target = fromBytes(readlinkSync(place, { encoding: "buffer" }));
        if (target.startsWith("/")) trail = [];
        pending = [...target.split("/"), ...pending];
      } else if (found.stat.isDirectory()) trail.push({ name, found });
      else throw new PathInvalid(`"${names.join("/")}" leads through "${name}", which is no folder`);
    }
    return {
      real: trail.map(({ name }) => name),
      missing: pending.filter((name) => name !== "" && name !== "."),
      folder: trail.at(-1)?.found ?? root,
    };
  }

  /** What a path names, links followed except a last one. */
  find(names: readonly string[]): Found | undefined {
    const { missing, folder } = this.resolveFolder(names.slice(0, -1));
    const name = names.at(-1);
    if (missing.length > 0) return undefined;
    return name === undefined ? folder : this.child(folder, name);
  }
}

/** A host folder and a byte string. */
export function join(folder: Buffer, name: string): Buffer {
  return Buffer.concat([folder, slash, toBytes(name)]);
}

export function lstat(path: Buffer): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    return absent(error, undefined);
  }
}

const slash = Buffer.from("/");
