import { kubernetesVersion } from "../../../stdlib/schema/generated/table.js";
import { type Exchange, respondJson, respondText } from "./exchange.js";

/**
 * `/version`, `/healthz`, `/livez` and `/readyz`, which need no certificate.
 *
 * @returns false when the path is none of these.
 */
export function serveHealth(exchange: Exchange): boolean {
  const [path, ...more] = exchange.segments;
  if (more.length > 0) return false;
  if (path === "version") {
    respondJson(exchange, 200, version);
    return true;
  }
  if (path !== "healthz" && path !== "livez" && path !== "readyz") return false;
  const verbose = exchange.query.has("verbose");
  respondText(exchange, 200, verbose ? `[+]ping ok\n${path} check passed\n` : "ok");
  return true;
}

const [, major = "1", minor = "0"] = /^v(\d+)\.(\d+)/.exec(kubernetesVersion) ?? [];

/** The API's version, not ours: clients compare it with their own. */
const version = {
  major,
  minor,
  gitVersion: `${kubernetesVersion}+infra`,
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "1970-01-01T00:00:00Z",
  goVersion: "",
  compiler: "",
  platform: `linux/${process.arch === "x64" ? "amd64" : process.arch}`,
};
