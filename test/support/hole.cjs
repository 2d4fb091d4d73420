/*
 * Loaded before the evaluator: the engine as it would be with a hole, through which every context sees what is Node's.
 */
const vm = require("node:vm");

const hole = Object.fromEntries(
  ["fs", "child_process", "process"].map((name) => [name, require(`node:${name}`)]),
);
const { createContext } = vm;
vm.createContext = (globals, options) => createContext(Object.assign(globals, { hole }), options);
