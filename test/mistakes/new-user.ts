// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the programs are text here
/** A whole stack as somebody new writes it, and everything that a compile says of it. */
export interface NewUser {
  readonly what: string;
  /** The entry `infra.ts`, or `infra.infra` where it is in the language. */
  readonly ts?: string;
  readonly infra?: string;
  /** Files beside it. */
  readonly beside?: { readonly [file: string]: string };
  /** `line:column code: message | hint`. */
  readonly says: readonly string[];
}

const settings = 'configMap settings {\n  mode = "fast"\n}\n';

export const imports: readonly NewUser[] = [
  {
    what: "a name that an .infra file does not export",
    infra: 'import { setings } from "./common.infra"\nlet a = setings\n',
    beside: { "common.infra": settings },
    says: ['1:10 export-missing: "common.infra" exports no "setings" | did you mean "settings"?'],
  },
  {
    what: "a name that is like none of an .infra file's",
    ts: 'import { nothing } from "./common.infra";\nexport const a = nothing;\n',
    beside: { "common.infra": settings },
    says: ['1:10 export-missing: "common.infra" exports no "nothing" | It exports settings'],
  },
  {
    what: "a name that a TypeScript file does not export",
    ts: 'import { setings } from "./common.js";\nexport const a = setings;\n',
    beside: {
      "common.ts":
        'import { configMap } from "infra";\nexport const settings = configMap("settings", { mode: "fast" });\n',
    },
    says: ['1:10 export-missing: "common.ts" exports no "setings" | did you mean "settings"?'],
  },
];

export const language: readonly NewUser[] = [
  {
    what: "a computation with a unit",
    infra: 'deployment api {\n  grace = 5m + 3\n  container web {\n    image = "shop:1"\n  }\n}\n',
    says: [
      '2:11 unit-computed: 5m is a value with a unit: it cannot be computed with or compared | Compute the number, and say the unit after it: "${5 + 3}m"',
    ],
  },
  {
    what: "a comparison of units by way of a name",
    infra: "param size = 64Mi\nlet isSmall = size < 128Mi\n",
    says: [
      '2:15 unit-computed: 64Mi is a value with a unit: it cannot be computed with or compared | Compute the number, and say the unit after it: param minutes = 5, then "${minutes * 2}m"',
    ],
  },
  {
    what: "another language's choice",
    infra: "param prod = true\nlet count = prod ? 3 : 1\n",
    says: ['2:18 syntax: "?" has no meaning here: a choice is written if … then … else …'],
  },
  {
    what: "two defaults of a param",
    infra: "param x = 2 { default = 3 }\nlet y = x\n",
    says: ['1:15 key-duplicate: "default" is given twice'],
  },
  {
    what: "an option that params do not have",
    infra: "param x = 2 { maximum = 3 }\nparam y { defualt = 3 }\nlet z = x + y\n",
    says: [
      '1:15 field-unknown: param "x" has no field "maximum"',
      '2:11 field-unknown: param "y" has no field "defualt" | did you mean "default"?',
    ],
  },
];

const nameRule =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc')";

export const places: readonly NewUser[] = [
  {
    what: "keys and values of labels",
    ts: `import { configMap, deployment } from "infra";
import { core } from "infra/kubernetes";
export const settings = configMap("settings", { a: "b" }, { labels: { "c c": "x" } });
const labels = { "d d": "x" };
export const api = deployment("api", { labels, containers: { web: { image: "shop:1" } } });
export const pod = core.v1.Pod({
  metadata: { name: "pod", annotations: { ok: "yes", "e e": "x" } },
  spec: { containers: [{ name: "a", image: "x:1" }] },
});
`,
    says: [
      `3:71 field-invalid: configMap "settings": metadata.labels: Invalid value: "c c": ${nameRule}`,
      `4:18 field-invalid: deployment "api": metadata.labels: Invalid value: "d d": ${nameRule}`,
      `7:54 field-invalid: Pod "pod": metadata.annotations: Invalid value: "e e": ${nameRule}`,
    ],
  },
];
