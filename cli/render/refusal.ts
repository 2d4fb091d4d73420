/** What the machine can refuse whatever a program does, and what helps. errno(3) */
const refusals: { readonly [code: string]: string } = {
  EACCES: "Give yourself the right to it, or name another folder",
  EPERM: "Give yourself the right to it, or name another folder",
  EROFS: "The file system is read-only: name another folder",
  ENOSPC: "The disk is full: make room, then run the same again",
  EDQUOT: "Your share of the disk is used up: make room, then run the same again",
  ENOTDIR: "A file is where a folder has to be: move it away",
  EISDIR: "A folder is where a file has to be: move it away",
  ENAMETOOLONG: "Choose a shorter name",
  EMFILE: "Too many files are open: raise ulimit -n",
  ENFILE: "Too many files are open on this machine",
  EIO: "The disk fails: look at the kernel's log",
};

/** A file that could not be read or written, in words; undefined for every other error. */
export function refusalText(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = "", message } = error as NodeJS.ErrnoException;
  const hint = Object.hasOwn(refusals, code) ? refusals[code] : undefined;
  return hint === undefined ? undefined : `Cannot go on: ${message}\n  hint: ${hint}`;
}
