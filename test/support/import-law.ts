import { type Diagnostic, Reporter } from "../../compiler/diagnostics/reporter.js";
import { cleaned, madeBy } from "../../compiler/import/clean.js";
import { evaluateProgram } from "../../compiler/import/evaluate-program.js";
import { type Imported, importKubernetes } from "../../compiler/import/kubernetes.js";
import { isSame } from "../../compiler/import/objects.js";
import { selectObjects } from "../../compiler/import/select-objects.js";
import { writeInfra } from "../../compiler/import/write-infra.js";
import { writeTypeScript } from "../../compiler/import/write-typescript.js";
import { loadModule } from "../../compiler/language/load.js";

const namespace = "default";

interface Judged {
  readonly imported: Imported;
  /** Why nothing was. */
  readonly errors: readonly Diagnostic[];
  /** The program, and what its `.infra` becomes, for the type checker: it takes what is imported without an error. */
  readonly modules: readonly [typescript: string, infra: string];
}

/**
 * Imports a text and holds the result to the law: lowered, the program makes the objects of the text again, and what is
 * written of it in `.infra` can be read.
 * @throws {Error} when the law is broken.
 */
export function importAndJudge(text: string): Judged {
  const sources = [{ name: "k8s.yaml", text }];
  const reporter = new Reporter();
  const imported = importKubernetes(sources, { namespace }, reporter);
  const { files, program } = imported;
  const typescript = writeTypeScript(program);
  const language = writeInfra(program);
  const read = new Reporter();
  const { code } = loadModule("", "main.infra", new TextEncoder().encode(language), read);
  const modules = [typescript, code] as const;
  const errors = errorsOf(reporter);
  if (errors.length > 0) return { imported, errors, modules };
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
  const [problem] = errorsOf(read);
  if (problem !== undefined) throw new Error(`its .infra cannot be read: ${problem.message}\n${language}`);
  return { imported, errors, modules };
}

function errorsOf(reporter: Reporter): readonly Diagnostic[] {
  return reporter.sorted().filter(({ severity }) => severity === "error");
}
