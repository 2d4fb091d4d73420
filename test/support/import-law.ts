import { type Diagnostic, Reporter } from "../../compiler/diagnostics/reporter.js";
import { cleaned, madeBy } from "../../compiler/import/clean.js";
import { evaluateProgram } from "../../compiler/import/evaluate-program.js";
import { type Imported, importKubernetes } from "../../compiler/import/kubernetes.js";
import { isSame } from "../../compiler/import/objects.js";
import { selectObjects } from "../../compiler/import/select-objects.js";
import { writeInfra } from "../../compiler/import/write-infra.js";
import { writeTypeScript } from "../../compiler/import/write-typescript.js";
import { parseModule } from "../../compiler/language/parse.js";

const namespace = "default";

/**
 * Imports a text and holds the result to the law: lowered, the program makes the objects of the text again, and what is
 * written of it in `.infra` parses.
 * @returns what was imported, and why not. @throws {Error} when the law is broken.
 */
export function importAndJudge(text: string): { imported: Imported; errors: readonly Diagnostic[] } {
  const sources = [{ name: "k8s.yaml", text }];
  const reporter = new Reporter();
  const imported = importKubernetes(sources, { namespace }, reporter);
  const { files, program } = imported;
  writeTypeScript(program);
  const language = writeInfra(program);
  const errors = reporter.sorted().filter(({ severity }) => severity === "error");
  if (errors.length > 0) return { imported, errors };
  const fileText = (path: string) => {
    const content = files.get(path.replace(/^\.\//, ""))?.content;
    return content === undefined ? undefined : String(content);
  };
  const made = [...evaluateProgram(program, { namespace, fileText }).built.values()].flat();
  for (const { object } of selectObjects(sources, new Reporter())) {
    if (madeBy(object) !== undefined || object.kind === "Secret") continue; // values of Secrets become files
    if (object.apiVersion.startsWith("kustomize.config.k8s.io/")) continue;
    const wanted = cleaned(object);
    if (!made.some((one) => isSame(one.object, wanted, namespace)))
      throw new Error(`another object came of ${JSON.stringify(wanted)}`);
  }
  const [problem] = parseModule("main.infra", language).problems;
  if (problem !== undefined) throw new Error(`its .infra does not parse: ${problem.text}\n${language}`);
  return { imported, errors };
}
