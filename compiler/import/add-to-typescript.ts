import { Project, type SourceFile } from "ts-morph";
import type { SourceProgram } from "./program.js";
import { importLine, importsOf, writeStatements } from "./write-typescript.js";

/** A module that a program cannot be added to. */
export class AdditionRefusal extends Error {}

/**
 * A module with a program's statements after its own. What it imports already is imported once; its own text stays as it
 * is. Variables take names that the module has not.
 *
 * @throws {AdditionRefusal} when the text is no TypeScript, or has another meaning for a name that must be imported.
 */
export function addToTypeScript(text: string, program: SourceProgram): string {
  const project = new Project({ useInMemoryFileSystem: true, compilerOptions: { allowJs: false } });
  const file = project.createSourceFile("infra.ts", text);
  const [problem] = project.getProgram().getSyntacticDiagnostics(file);
  if (problem !== undefined) throw new AdditionRefusal(`line ${problem.getLineNumber()} cannot be read`);
  const taken = declaredNames(file);
  for (const [from, names] of importsOf(program)) addImports(file, from, names, taken);
  const added = writeStatements(program, [...taken]).join("\n\n");
  return `${file.getFullText().trimEnd()}\n\n${added}\n`;
}

/** Names of the module's own scope: what it declares, and what it imports. */
function declaredNames(file: SourceFile): Set<string> {
  return new Set(file.getLocals().map((symbol) => symbol.getName()));
}

function addImports(file: SourceFile, from: string, names: readonly string[], taken: Set<string>): void {
  const own = file.getImportDeclarations().filter((one) => one.getModuleSpecifierValue() === from);
  const there = own.find((one) => !one.isTypeOnly() && one.getNamespaceImport() === undefined);
  const imported = new Set(
    own.flatMap((one) =>
      one
        .getNamedImports()
        .filter((name) => !one.isTypeOnly() && !name.isTypeOnly() && name.getAliasNode() === undefined)
        .map((name) => name.getName()),
    ),
  );
  const missing = names.filter((name) => !imported.has(name));
  const other = missing.find((name) => taken.has(name));
  if (other !== undefined)
    throw new AdditionRefusal(`"${other}" is something else there than what "${from}" calls so`);
  if (missing.length === 0) return;
  if (there === undefined) {
    const last = file.getImportDeclarations().at(-1)?.getChildIndex() ?? -1;
    file.insertImportDeclaration(last + 1, { moduleSpecifier: from, namedImports: [...missing] });
  } else {
    const sorted = [...there.getNamedImports().map((name) => name.getText()), ...missing].sort();
    there.replaceWithText(importLine([from, sorted]));
  }
}
