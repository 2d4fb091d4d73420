/** An account whose numbers Debian fixes. `gid` undefined: as `uid`. */
interface FixedAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid?: number;
  readonly home: string;
  readonly shell?: string;
}

const noLogin = "/usr/sbin/nologin";
/** adduser's for accounts that nobody logs in to. */
const noHome = "/nonexistent";

/** Source: Debian Policy, "UID and GID classes": 0-99 are the same everywhere; the package base-passwd lists them. */
const fixedAccounts: readonly FixedAccount[] = [
  { name: "root", uid: 0, home: "/root", shell: "/bin/sh" },
  { name: "daemon", uid: 1, home: "/usr/sbin" },
  { name: "bin", uid: 2, home: "/bin" },
  { name: "sys", uid: 3, home: "/dev" },
  { name: "sync", uid: 4, gid: 65534, home: "/bin", shell: "/bin/sync" },
  { name: "games", uid: 5, gid: 60, home: "/usr/games" },
  { name: "man", uid: 6, gid: 12, home: "/var/cache/man" },
  { name: "lp", uid: 7, home: "/var/spool/lpd" },
  { name: "mail", uid: 8, home: "/var/mail" },
  { name: "news", uid: 9, home: "/var/spool/news" },
  { name: "uucp", uid: 10, home: "/var/spool/uucp" },
  { name: "proxy", uid: 13, home: "/bin" },
  { name: "www-data", uid: 33, home: "/var/www" },
  { name: "backup", uid: 34, home: "/var/backups" },
  { name: "list", uid: 38, home: "/var/list" },
  { name: "irc", uid: 39, home: "/run/ircd" },
  { name: "nobody", uid: 65534, home: noHome },
];

const fixedGroups: { readonly [name: string]: number } = {
  root: 0,
  daemon: 1,
  bin: 2,
  sys: 3,
  adm: 4,
  tty: 5,
  disk: 6,
  lp: 7,
  mail: 8,
  news: 9,
  uucp: 10,
  man: 12,
  proxy: 13,
  kmem: 15,
  dialout: 20,
  fax: 21,
  voice: 22,
  cdrom: 24,
  floppy: 25,
  tape: 26,
  sudo: 27,
  audio: 29,
  dip: 30,
  "www-data": 33,
  backup: 34,
  operator: 37,
  list: 38,
  irc: 39,
  src: 40,
  shadow: 42,
  utmp: 43,
  video: 44,
  sasl: 45,
  plugdev: 46,
  staff: 50,
  games: 60,
  users: 100,
  nogroup: 65534,
};

export const shadowGid = 42;

/**
 * `passwd(5)`, `group(5)` and `shadow(5)` of a Debian base: Debian's fixed accounts, then `users`, each with a group of its
 * own number. Nobody has a password. A user named as a fixed account replaces it.
 */
export function accountFiles(users: { readonly [name: string]: number }): {
  readonly passwd: string;
  readonly group: string;
  readonly shadow: string;
} {
  const own = Object.entries(users)
    .map(([name, uid]) => ({ name, uid, home: noHome }))
    .sort((a, b) => a.uid - b.uid || (a.name < b.name ? -1 : 1));
  const accounts = [...fixedAccounts.filter(({ name }) => !Object.hasOwn(users, name)), ...own];
  const groups = new Map([
    ...Object.entries(fixedGroups),
    ...own.map(({ name, uid }) => [name, uid] as const),
  ]);
  const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("");
  return {
    passwd: text(
      accounts.map(
        ({ name, uid, gid = uid, home, shell = noLogin }: FixedAccount) =>
          `${name}:x:${uid}:${gid}:${name}:${home}:${shell}`,
      ),
    ),
    group: text([...groups].map(([name, gid]) => `${name}:x:${gid}:`)),
    shadow: text(accounts.map(({ name }) => `${name}:*:::::::`)),
  };
}
