import test from "ava";
import { BuildGraphInvalid, checkGraph } from "../../runtime/images/build-graph.js";
import type { BuildGraph, ImageBuild, LockedPackage } from "../../stdlib/schema/bundle.js";
import { debianOf, image, runOf, scratch } from "./fixtures.js";

const locked: LockedPackage = {
  name: "p",
  version: "1:2.0~rc1+b2-1",
  architecture: "amd64",
  path: "pool/main/p/p_2.0~rc1+b2-1_amd64.deb",
  sha256: "0".repeat(64),
  size: 1,
};
const whole = image("a", debianOf([locked], { _own: 0 }), [runOf("/bin/sh")], {
  workdir: "/x",
  env: { A: "=" },
});

function graphOf(...images: readonly ImageBuild[]): BuildGraph {
  return { formatVersion: 1, stack: "s", sourceRoot: "..", images };
}

test("what the compiler makes passes", (t) => {
  t.notThrows(() => checkGraph(graphOf(whole, image("b", { kind: "image", name: "a" }))));
});

const refused = test.macro<ImageBuild[]>({
  title: (what = "") => `refused: ${what}`,
  exec(t, ...images) {
    t.throws(() => checkGraph(graphOf(...images)), { instanceOf: BuildGraphInvalid });
  },
});

const withPackage = (change: Partial<LockedPackage>) => image("a", debianOf([{ ...locked, ...change }]));
const copyTo = (to: string, sha256 = "0".repeat(64)) =>
  image("a", scratch, [
    { kind: "copy", to, files: [{ type: "file", path: "", source: "x", sha256, size: 1, mode: 0o644 }] },
  ]);

test("two images of one name", refused, whole, whole);
test("a reference that climbs", refused, { ...whole, reference: "../../x:y" });
test("a reference without a tag", refused, { ...whole, reference: "s/a" });
test("a package's hash as a path", refused, withPackage({ sha256: "../../../etc/x" }));
test("a package's path that climbs", refused, withPackage({ path: "pool/../../x" }));
test("a package's path with a blank", refused, withPackage({ path: "pool/x y" }));
test("a package's absolute path", refused, withPackage({ path: "/pool/x" }));
test("a package without size", refused, withPackage({ size: 0 }));
test("an account that is two lines", refused, image("a", debianOf([locked], { "x:0:0\nroot2": 0 })));
test("an account that is nobody", refused, image("a", debianOf([locked], { x: 2 ** 32 - 1 })));
test("a variable with an equals sign", refused, image("a", scratch, [], { env: { "A=B": "" } }));
test("a relative workdir", refused, image("a", scratch, [], { workdir: "x" }));
test("a command of nothing", refused, image("a", scratch, [runOf()]));
test("a copy that climbs", refused, copyTo("/a/../../x"));
test("a copied file without hash", refused, copyTo("/a", ""));
