import { existsSync } from "node:fs";
import { join } from "node:path";
import { commands, type ExtensionContext, workspace } from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";

/**
 * The extension's only code: starts `infra lsp --stdio` and ends it with the window. All that is known about the
 * language is in the server, which is the compiler's own.
 */
let client: LanguageClient | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  context.subscriptions.push(
    commands.registerCommand("infra.restart", restart),
    workspace.onDidGrantWorkspaceTrust(restart),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("infra.path")) void restart();
    }),
  );
  await restart();
}

export async function deactivate(): Promise<void> {
  await client?.stop();
  client = undefined;
}

async function restart(): Promise<void> {
  await deactivate();
  if (!workspace.isTrusted) return; // compiling runs code of the workspace
  client = new LanguageClient(
    "infra",
    "infra",
    { command: program(), args: ["lsp"], transport: TransportKind.stdio }, // adds --stdio
    {
      documentSelector: [{ scheme: "file", language: "infra" }],
      synchronize: { fileEvents: workspace.createFileSystemWatcher("**/*.{infra,ts}") },
    },
  );
  await client.start();
}

function program(): string {
  const chosen = workspace.getConfiguration("infra").get<string>("path", "");
  if (chosen !== "") return chosen;
  const local = (workspace.workspaceFolders ?? [])
    .map(({ uri }) => join(uri.fsPath, "node_modules", ".bin", "infra"))
    .find((path) => existsSync(path));
  return local ?? "infra";
}
