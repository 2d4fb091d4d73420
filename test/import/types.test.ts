import test from "ava";
import { emitYaml } from "../../compiler/emit/yaml.js";
import { bases } from "../schema/rules/bases.js";
import { changed } from "../schema/rules/changed.js";
import { casesOf } from "../schema/rules/replayed.js";
import { importAndJudge } from "../support/import-law.js";
import { typeErrors } from "../support/program-types.js";

const stateful = (claims: string) => `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: "db:1", volumeMounts: [{name: data, mountPath: /d}]}]}
  volumeClaimTemplates:
${claims}`;

const spec = "accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}";
const claims = {
  spare: stateful(
    `  - {metadata: {name: data}, spec: {${spec}}}\n  - {metadata: {name: spare}, spec: {${spec}}}`,
  ),
  kinds: stateful(
    `  - {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {${spec}}}
  - {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: spare}, spec: {${spec}}}`,
  ),
  selector: stateful(`  - {metadata: {name: data}, spec: {${spec}, selector: {matchLabels: {tier: fast}}}}`),
};

test("a claim in a StatefulSet says no apiVersion and kind, however it was written", (t) => {
  for (const text of Object.values(claims)) {
    const { errors, modules } = importAndJudge(text);
    t.deepEqual(errors, []);
    t.notRegex(modules[0], /PersistentVolumeClaim|apiVersion/);
  }
});

/** Sound objects with a part left out, or replaced by a small one, that Kubernetes takes. */
const sound = casesOf<typeof bases>("cases.json").filter(
  ([, , value, refused]) => refused === "" && typeof value === "object",
);

test("whatever is imported is taken by the type checker, in both languages", (t) => {
  const texts = new Map<string, string>(Object.entries(claims));
  for (const [index, [base, path, value]] of sound.entries())
    texts.set(
      `${base}-${path.join("-").replaceAll("/", "-")}-${index}`,
      emitYaml(changed(bases[base], path, value)),
    );
  const programs = new Map<string, string>();
  for (const [name, text] of texts) {
    const { errors, modules } = importAndJudge(text);
    t.deepEqual(errors, [], name);
    for (const [index, module] of modules.entries()) programs.set(`${name}-${index}`, module);
  }
  t.true(programs.size > 1000);
  t.is(typeErrors(programs), "");
});
