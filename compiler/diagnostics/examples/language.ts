// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the examples are programs as text
import type { languageDiagnostics } from "../language-rows.js";
import type { Example } from "./example.js";

const inLanguage = (wrong: string, right: string): Example => ({ wrong, right, file: "infra.infra" });

export const languageExamples: { readonly [C in keyof typeof languageDiagnostics]: Example } = {
  "block-kind-unknown": inLanguage(
    'deploiment web { container web { image = "shop:1" } }',
    'deployment web { container web { image = "shop:1" } }',
  ),
  "block-unnamed": inLanguage(
    'deployment web { container { image = "shop:1" } }',
    'deployment web { container web { image = "shop:1" } }',
  ),
  "definition-cycle": inLanguage(
    "let most = least * 2\nlet least = most / 2",
    "let most = 4\nlet least = most / 2",
  ),
  "definition-duplicate": inLanguage("let size = 1Gi\nlet size = 2Gi", "let size = 1Gi\nlet largeSize = 2Gi"),
  "function-as-value": inLanguage(
    'function host(name) = "${name}.example.org"\nlet shop = host',
    'function host(name) = "${name}.example.org"\nlet shop = host("shop")',
  ),
  "import-cycle": inLanguage(
    '// infra.infra\nimport { size } from "./disk.infra"\nlet zone = "north"\nclaim web { size = size }\n// disk.infra\nimport { zone } from "./infra.infra"\nlet size = if zone == "north" then 2Gi else 1Gi',
    '// infra.infra\nimport { size } from "./disk.infra"\nclaim web { size = size }\n// disk.infra\nimport { zone } from "./zone.infra"\nlet size = if zone == "north" then 2Gi else 1Gi\n// zone.infra\nlet zone = "north"',
  ),
  "key-duplicate": inLanguage(
    'configMap web { mode = "fast"  mode = "slow" }',
    'configMap web { mode = "fast"  night = "slow" }',
  ),
  "name-ambiguous": inLanguage(
    'service api { to = deployment.api  ports = { 80: "http" } }\ndisruptionBudget api { of = api  max = 1 }',
    'service api { to = deployment.api  ports = { 80: "http" } }\ndisruptionBudget api { of = deployment.api  max = 1 }',
  ),
  "name-given": inLanguage('let service = "shop"', 'let shop = "shop"'),
  "name-refused": inLanguage('let constructor = "shop"', 'let builder = "shop"'),
  "name-unknown": inLanguage(
    'service web { to = deployment.apy  ports = { 80: "http" } }',
    'service web { to = deployment.api  ports = { 80: "http" } }',
  ),
  "unit-computed": inLanguage("let wait = 5m + 3", 'let wait = "${5 + 3}m"'),
  "value-called": inLanguage(
    'let host = "shop.example.org"\nlet shop = host("shop")',
    'function host(name) = "${name}.example.org"\nlet shop = host("shop")',
  ),
  "value-impossible": inLanguage(
    'let zones = ["a", "b"]\nlet last = zones[2]',
    'let zones = ["a", "b"]\nlet last = zones[1]',
  ),
};
