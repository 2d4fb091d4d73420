/*
 * What a program can do that has left its V8 context: it runs in the same enclosure as an evaluation, with all of Node.
 * node breakout.cjs <addon> <walls, comma-separated> <code> [<addon of raw-call.c>]
 */
const { writeFileSync } = require("node:fs");

const [addonPath, walls, code, raw] = process.argv.slice(2);
const addon = { exports: {} };
process.dlopen(addon, addonPath);
// Loaded while files are still in reach: the walls are tried, not the module loader.
const modules = Object.fromEntries(
  ["fs", "net", "dgram", "child_process", "worker_threads"].map((name) => [name, require(`node:${name}`)]),
);
if (raw !== undefined) {
  const calls = { exports: {} };
  process.dlopen(calls, raw);
  modules.call = calls.exports.call;
}
const program = new Function("modules", `return (async () => { ${code} })()`);
const progress = new Int32Array([7]);
addon.exports.watchDeaths(progress, 20);
for (const wall of walls.split(",")) {
  const refused = wall === "" ? 0 : addon.exports[wall]();
  if (refused !== 0) throw new Error(`${wall}: errno ${refused}`);
}
program(modules)
  .catch((error) => error.code ?? String(error))
  .then((told) => {
    writeFileSync(1, JSON.stringify(told ?? null));
    addon.exports.leave();
  });
