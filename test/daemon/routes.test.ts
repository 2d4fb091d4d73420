import test from "ava";
import {
  failedMessage,
  formatBuildMessage,
  parseBuildMessage,
  parseBuildRequest,
} from "../../runtime/daemon/routes.js";
import { HostUnsupported } from "../../stdlib/base/errors.js";

const graph = { formatVersion: 1, stack: "s", sourceRoot: "..", images: [] };

test("a build request is read back", (t) => {
  const request = { graph, sourceRoot: "/src" };
  t.deepEqual(parseBuildRequest(JSON.stringify(request)) as unknown, request);
});

for (const [title, body] of [
  ["not JSON", "{"],
  ["a list", "[]"],
  ["a relative folder", JSON.stringify({ graph, sourceRoot: "src" })],
  ["another format", JSON.stringify({ graph: { ...graph, formatVersion: 2 }, sourceRoot: "/src" })],
] as const)
  test(`a build request that is ${title} is refused`, (t) => {
    t.throws(() => parseBuildRequest(body), { code: "route-mismatch" });
  });

test("an error crosses as one line with its causes and hint", (t) => {
  const error = new HostUnsupported("Cannot mount", { cause: new Error("EPERM\nagain"), hint: "Be root" });
  const line = formatBuildMessage(failedMessage(error));
  t.is(line.indexOf("\n"), line.length - 1);
  t.deepEqual(parseBuildMessage(line), {
    type: "failed",
    code: "host-unsupported",
    message: "Cannot mount: EPERM\nagain",
    hint: "Be root",
  });
});

test("a line of no known type is refused", (t) => {
  t.throws(() => parseBuildMessage('{"type":"progress"}'), { code: "route-mismatch" });
});
