import test from "ava";
import { nodeName } from "../../runtime/daemon/host-facts.js";

for (const [host, node] of [
  ["vm", "vm"],
  ["Web-1.Example.ORG", "web-1.example.org"],
  ["my_laptop", "my-laptop"],
  ["-odd-..name.", "odd.name"],
  ["(none)", "node"],
  ["___", "node"],
  [`${"a".repeat(62)}.b`, "a".repeat(62)],
] as const)
  test(`a host called ${host} is the node ${node}`, (t) => t.is(nodeName(host), node));
