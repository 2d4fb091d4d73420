import { join } from "node:path";
import type { Diagnostic } from "../../compiler/diagnostics/reporter.js";
import type { Span } from "../../compiler/diagnostics/span.js";
import { diagnostics as table } from "../../compiler/diagnostics/table.js";
import { escapeText, jsonText } from "./escape.js";

/** Diagnostics for machines. */
export interface ReportContext {
  /** The stack's, relative to where the reader stands. */
  readonly folder: string;
  /** Name of its first file, for what has no place of its own. */
  readonly entry: string;
  readonly version: string;
}

/**
 * Static Analysis Results Interchange Format, as code scanning of GitHub takes it: every result has a location.
 * Source: OASIS SARIF 2.1.0; "SARIF support for code scanning".
 */
export function sarifReport(found: readonly Diagnostic[], { entry, folder, version }: ReportContext): string {
  const codes = [...new Set(found.map(({ code }) => code))].sort();
  const location = (span: Span, note?: string) => ({
    physicalLocation: {
      artifactLocation: { uri: uriOf(folder, span.file) },
      region: {
        startLine: span.start.line,
        startColumn: span.start.column,
        endLine: span.end.line,
        endColumn: span.end.column,
      },
    },
    ...(note === undefined ? {} : { message: { text: note } }),
  });
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "infra",
            version,
            rules: codes.map((code) => ({
              id: code,
              shortDescription: { text: code.replaceAll("-", " ") },
              fullDescription: { text: table[code].about },
              help: { text: `${table[code].about} infra explain ${code} says more.` },
              defaultConfiguration: { level: table[code].severity },
            })),
          },
        },
        columnKind: "utf16CodeUnits",
        results: found.map(({ code, hint, message, related, severity, span }) => ({
          ruleId: code,
          ruleIndex: codes.indexOf(code),
          level: severity,
          message: { text: hint === undefined ? message : `${message}. ${hint}` },
          locations: [
            span === undefined
              ? { physicalLocation: { artifactLocation: { uri: uriOf(folder, entry) } } }
              : location(span),
          ],
          ...(related.length === 0
            ? {}
            : { relatedLocations: related.map((one) => location(one.span, one.note)) }),
        })),
      },
    ],
  };
  return jsonText(log);
}

/** Workflow commands that GitHub shows beside the line. Source: "Workflow commands for GitHub Actions". */
export function githubReport(found: readonly Diagnostic[], { folder }: ReportContext): string {
  return found
    .map(({ code, hint, message, severity, span }) => {
      const place =
        span === undefined
          ? []
          : [
              ["file", join(folder, span.file)],
              ["line", span.start.line],
              ["endLine", span.end.line],
              ["col", span.start.column],
              ["endColumn", span.end.column],
            ];
      const properties = [...place, ["title", code]].map(
        ([name, value]) => `${name}=${property(String(value))}`,
      );
      const text = hint === undefined ? message : `${message}\n${hint}`;
      return `::${severity} ${properties.join(",")}::${data(text)}\n`;
    })
    .join("");
}

/** A relative reference, each segment percent-encoded. Source: RFC 3986, 4.2. */
function uriOf(folder: string, file: string): string {
  return join(folder, file).split("/").map(encodeURIComponent).join("/");
}

function data(text: string): string {
  const lines = text.split("\n").map(escapeText);
  return lines.map((line) => line.replaceAll("%", "%25")).join("%0A");
}

function property(text: string): string {
  return escapeText(text).replaceAll("%", "%25").replaceAll(":", "%3A").replaceAll(",", "%2C");
}
