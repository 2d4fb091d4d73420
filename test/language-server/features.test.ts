import test from "ava";
import { Reporter } from "../../compiler/diagnostics/reporter.js";
import { codeActions } from "../../compiler/language/server/code-actions.js";
import { completions } from "../../compiler/language/server/completion.js";
import { definition, definitionFromTypeScript } from "../../compiler/language/server/definition.js";
import { applyEdits } from "../../compiler/language/server/edits.js";
import { hover } from "../../compiler/language/server/hover.js";
import { occurrenceAt, originOf } from "../../compiler/language/server/occurrences.js";
import { positionAt, spanAt, textOf } from "../../compiler/language/server/places.js";
import {
  type Reference,
  referencesAt,
  referencesFromTypeScript,
  referencesTo,
  referencesToKey,
} from "../../compiler/language/server/references.js";
import { rename } from "../../compiler/language/server/rename.js";
import { signatureHelp } from "../../compiler/language/server/signature-help.js";
import { analysisOf, edited, mended, mistakesOf, withCursor, workspaceOf } from "./support.js";

const web = 'deployment web { container app { image = "a:1"  ports = { http: 80 } } }';

function opened(marked: string, more: { readonly [path: string]: string } = {}) {
  const { position, text } = withCursor(marked);
  const workspace = workspaceOf({ "main.infra": text, ...more });
  return { workspace, analysis: analysisOf(workspace), position };
}

const completes = test.macro({
  title: (what = "") => `completion: ${what}`,
  exec(t, marked: string, wanted: readonly string[], never: readonly string[] = []) {
    const { analysis, position, workspace } = opened(marked, {
      "store.infra": "let size = 3",
      "src/main.py": "",
    });
    const labels = completions(workspace, analysis, position).map(({ label }) => label);
    for (const label of wanted) t.true(labels.includes(label), `${label} in ${labels.join(" ")}`);
    for (const label of never) t.false(labels.includes(label), label);
  },
});

test("constructs at the top", completes, "dep|", ["deployment", "service", "param", "import"]);
test(
  "fields that are missing",
  completes,
  "deployment web {\n  replicas = 2\n  |\n}",
  ["container", "strategy"],
  ["replicas"],
);
test(
  "fields of an inner block",
  completes,
  "deployment web { container app { im| } }",
  ["image", "env"],
  ["replicas"],
);
test("entries of a map", completes, "deployment web { container app { resources = { c| } } }", [
  "cpu",
  "memory",
]);
test(
  "names that fit come with others",
  completes,
  `${web}\nservice front { to = | }`,
  ["web", "deployment.web"].slice(0, 1),
);
test("names of a kind", completes, `${web}\nlet a = deployment.|`, ["web"]);
test("methods", completes, 'configMap c { a = "b" }\nlet x = c.|\nlet y = 1', ["key", "files"]);
test("names of ports", completes, `${web}\nservice front { to = web  ports = { 80: "|" } }`, ["http"]);
test("keys", completes, 'configMap c { mode = "b" }\nlet x = c.key("|")', ["mode"]);
test("files", completes, 'configMap c { a = file("./src/|") }', ["./src/main.py"]);
test("what a file exports", completes, 'import { | } from "./store.infra"', ["size"]);
test("locals of a function", completes, "function f(size) = |", ["size", "join"]);
test("paths of a whole file", completes, 'import "./|"', ["./store.infra", "./src/"], ["./main.infra"]);
test("entries of a map that has a name", completes, "let o = { aa: 1, bb: { cc: 2 } }\nlet p = o.|", [
  "aa",
  "bb",
]);
test(
  "entries of a map within another",
  completes,
  "let o = { aa: 1, bb: { cc: 2 } }\nlet p = o.bb.|\nlet q = 1",
  ["cc"],
  ["aa"],
);
test(
  "names of ports where nothing is closed",
  completes,
  `${web}\nservice front { to = web  ports = { 80: "|`,
  ["http"],
);
test("both booleans", completes, "deployment web { container app { readOnlyRoot = | } }", ["true", "false"]);
test("nothing within a comment", completes, "// dep|", [], ["deployment"]);

test("hover says type, default and meaning", (t) => {
  const field = opened("deployment web { repl|icas = 2 }");
  t.regex(
    hover(field.workspace, field.analysis, field.position)?.markdown ?? "",
    /replicas: a number.*1 by default[\s\S]*Pods/,
  );
  const own = opened("// How many.\nlet many = 3\nlet more = ma|ny + 1");
  t.regex(hover(own.workspace, own.analysis, own.position)?.markdown ?? "", /let many = 3[\s\S]*How many\./);
});

test("hover on what TypeScript exports shows its declaration, and on an option of a param what it is for", (t) => {
  const more = {
    "front.ts":
      '// Not this one.\n\n/**\n * The shop\'s face.\n */\nexport const front = deployment("front", {\n});\n' +
      "// Three.\nconst limit: number = 3;\nexport { limit, limit as most };\n",
  };
  const shown = (marked: string) => {
    const { analysis, position, workspace } = opened(marked, more);
    return hover(workspace, analysis, position)?.markdown;
  };
  t.is(
    shown('import { front } from "./front.js"\nlet a = fro|nt'),
    '```typescript\nexport const front = deployment("front", {  // a workload of this stack\n```\n\nThe shop\'s face.',
  );
  t.is(
    shown('import { limit as l } from "./front.js"\nlet a = |l'),
    "```typescript\nconst limit: number = 3;\n```\n\nThree.",
  );
  t.is(
    shown('import { most } from "./front.js"\nlet a = mo|st'),
    "```typescript\nexport { limit, limit as most };\n```",
  );
  t.regex(shown('import { none } from "./front.js"\nlet a = no|ne') ?? "", /import \{ none \}/);
  t.regex(shown("param p = 3 { mi|n = 1 }") ?? "", /The smallest number\./);
});

test("definitions across .infra, TypeScript and files that are named", (t) => {
  const more = {
    "store.infra": "let size = 3\n",
    "lib.ts": "export const shared = 1;\n",
    "ui.properties": "a=b\n",
    "infra.ts": 'import { count } from "./main.infra";\nexport const x = count;\n',
  };
  const target = (marked: string) => {
    const { analysis, position, workspace } = opened(marked, more);
    const span = definition(workspace, analysis, position);
    return span && `${span.file} ${span.start.line}:${span.start.column}`;
  };
  t.is(target('import { size } from "./store.infra"\nlet a = si|ze'), "/stack/store.infra 1:5");
  t.is(target('import { shared } from "./lib.js"\nlet a = sha|red'), "/stack/lib.ts 1:14");
  t.is(target('configMap c { a = file("./ui.pro|perties") }'), "/stack/ui.properties 1:1");
  t.is(target(`${web}\nservice s { to = web  ports = { 80: "ht|tp" } }`), "/stack/main.infra 1:59");
  t.is(target('configMap c { mode = "b" }\nlet x = c.key("mo|de")'), "/stack/main.infra 1:15");
  const { workspace } = opened("let count = 1|", more);
  t.is(
    definitionFromTypeScript(workspace, "/stack/infra.ts", { line: 2, column: 20 })?.file,
    "/stack/main.infra",
  );
});

test("definitions from TypeScript: names in quotes, files, keys and ports", (t) => {
  const text = [
    'import { settings, "service.web" as front } from "./main.infra";',
    'export const mode = settings.key("mode");',
    'export const url = front.address("http"); // settings.key("none")',
  ].join("\n");
  const main = `${web}\nservice web { to = deployment.web  ports = { 80: "http" } }\nconfigMap settings { mode = "a" }`;
  const { workspace } = opened(`${main}|`, { "infra.ts": text });
  const target = (marked: string) => {
    const at = text.indexOf(marked.replace("|", "")) + marked.indexOf("|");
    const span = definitionFromTypeScript(workspace, "/stack/infra.ts", positionAt(text, at));
    return span && `${span.start.line}:${span.start.column}`;
  };
  const asked = [
    "{ set|tings",
    '"service.w|eb"',
    "as fro|nt",
    '"./main.in|fra"',
    '("mo|de")',
    '("ht|tp")',
    '("no|ne")',
  ];
  t.deepEqual(asked.map(target), ["3:11", "2:9", "2:9", "1:1", "3:22", "2:50", undefined]);
});

test("references of a key and of a port, from where they are given and where they are named", (t) => {
  const text = `${web}\nservice s { to = web  ports = { 80: "http" } }\nconfigMap c { mode = "a" }\nlet x = c.key("mode")`;
  const { workspace } = opened(`${text}|`, {
    "other.infra": 'import { s, c } from "./main.infra"\nlet y = s.address("http")\nlet z = c.key("mode")',
  });
  const analysis = analysisOf(workspace);
  const found = (marked: string) => {
    const at = text.indexOf(marked.replace("|", "")) + marked.indexOf("|");
    return referencesToKey(workspace, analysis, positionAt(text, at)).map(
      ({ span }) => `${span.file.slice("/stack/".length)} ${span.start.line}`,
    );
  };
  const mode = ["main.infra 3", "main.infra 4", "other.infra 3"];
  t.deepEqual(found("{ mo|de ="), mode);
  t.deepEqual(found('("mo|de")'), mode);
  t.deepEqual(found("{ ht|tp:"), ["main.infra 1", "main.infra 2"]);
  t.deepEqual(found('"ht|tp" }'), ["main.infra 1", "main.infra 2"], "what it leads to counts first");
  t.deepEqual(found("image = |"), []);
});

const shared = {
  "other.infra": 'import { size, size as big } from "./main.infra"\nlet a = size + big\n',
  "infra.ts": 'import { size } from "./main.infra";\nexport const twice = size * 2; // size\n',
};

test("references of a name in every file", (t) => {
  const { analysis, position, workspace } = opened("let si|ze = 3\nlet more = size + 1", shared);
  const occurrence = occurrenceAt(analysis, position);
  const origin = occurrence && originOf(workspace, analysis, occurrence.target);
  const found = origin === undefined ? [] : referencesTo(workspace, origin);
  const count = (file: string) => found.filter(({ span }) => span.file === `/stack/${file}`).length;
  t.deepEqual(["main.infra", "other.infra", "infra.ts"].map(count), [2, 5, 2]);
});

test("references of what TypeScript exports, and from TypeScript", (t) => {
  const front = [
    'import { settings } from "./main.infra";',
    'export const front = [settings.key("mode")];',
    "export const twice = [front, 'front'];",
  ].join("\n");
  const main =
    'import { front } from "./front.js"\nlet a = front\nconfigMap settings { mode = "a" }\nlet b = settings.key("mode")';
  const { workspace } = opened(`${main}|`, {
    "front.ts": front,
    "other.infra": 'import { front as f } from "./front.js"\nlet c = f',
    "more.ts": 'import { front } from "./front.js";\nexport const more = front;',
  });
  const shown = (found: readonly Reference[]) =>
    found.map(
      ({ isDefinition, span }) =>
        `${span.file.slice("/stack/".length)} ${span.start.line}:${span.start.column}${isDefinition ? " *" : ""}`,
    );
  const analysis = analysisOf(workspace);
  const fromMain = (at: number) => shown(referencesAt(workspace, analysis, positionAt(main, at)));
  const fromFront = (at: number) =>
    shown(referencesFromTypeScript(workspace, "/stack/front.ts", positionAt(front, at)));
  const ofFront = [
    "front.ts 2:14 *",
    "front.ts 3:23",
    "main.infra 1:10",
    "main.infra 2:9",
    "other.infra 1:10",
    "other.infra 1:19",
    "other.infra 2:9",
    "more.ts 1:10",
    "more.ts 2:21",
  ];
  t.deepEqual(fromMain(main.indexOf("a = front") + 5).sort(), [...ofFront].sort());
  t.deepEqual(fromFront(front.indexOf("front =")).sort(), [...ofFront].sort());
  const more = { line: 2, column: 22 };
  t.deepEqual(shown(referencesFromTypeScript(workspace, "/stack/more.ts", more)).sort(), [...ofFront].sort());
  const mode = ["main.infra 3:22 *", "main.infra 4:22", "front.ts 2:36"];
  t.deepEqual(fromMain(main.lastIndexOf("mode")), mode);
  t.deepEqual(fromFront(front.indexOf("mode")), mode);
  t.deepEqual(fromFront(front.indexOf("'front'") + 2), []);
});

test("rename changes every file and what none of them means", (t) => {
  const { analysis, position, workspace } = opened("let si|ze = 3\nlet more = size + 1", shared);
  const after = edited(workspace, rename(workspace, analysis, position, "width"));
  t.is(after["main.infra"], "let width = 3\nlet more = width + 1");
  t.is(after["other.infra"], 'import { width, width as big } from "./main.infra"\nlet a = width + big\n');
  t.is(after["infra.ts"], shared["infra.ts"].replace("{ size }", "{ width as size }"));
  t.deepEqual(mistakesOf(workspaceOf(after), "other.infra"), []);
  for (const taken of ["more", "deployment", "a b", "let"])
    t.throws(() => rename(workspace, analysis, position, taken), { instanceOf: Error }, taken);
});

test("a rename writes what other files call each definition afterwards", (t) => {
  const store =
    'deployment store { container c { image = "x:1" ports = { http: 80 } } }\n' +
    'service st|ore { to = deployment.store ports = { 80: "http" } }\n';
  const more = {
    "alias.infra": 'import { service.store as cache } from "./main.infra"\nlet h = cache.host\n',
    "bare.infra": 'import { service.store } from "./main.infra"\nlet h = store.host\n',
    "other.infra":
      'import { deployment.store, deployment.store as d } from "./main.infra"\nlet a = [store, d]\n',
    "infra.ts":
      'import { "service.store" as cache, "deployment.store" as d } from "./main.infra";\nexport const x = [cache, d];\n',
  };
  const { analysis, position, workspace } = opened(store, more);
  const after = edited(workspace, rename(workspace, analysis, position, "kv"));
  t.deepEqual(after, {
    "main.infra": analysis.text.replace("service store", "service kv"),
    "alias.infra": 'import { kv as cache } from "./main.infra"\nlet h = cache.host\n',
    "bare.infra": 'import { kv } from "./main.infra"\nlet h = kv.host\n',
    "other.infra": 'import { store, store as d } from "./main.infra"\nlet a = [store, d]\n',
    "infra.ts": 'import { kv as cache, store as d } from "./main.infra";\nexport const x = [cache, d];\n',
  });
  const back = opened(after["main.infra"]?.replace("service kv", "service k|v") ?? "", after);
  const again = edited(back.workspace, rename(back.workspace, back.analysis, back.position, "store"));
  t.deepEqual(again, { ...more, "main.infra": analysis.text });
  const taken = opened(store, { ...more, "bare.infra": `${more["bare.infra"]}let kv = 1\n` });
  t.throws(() => rename(taken.workspace, taken.analysis, taken.position, "kv"), { message: /already means/ });
});

test("a rename that another name would catch is refused", (t) => {
  const { analysis, position, workspace } = opened("let si|ze = 3\nfunction f(n) = n + size");
  t.throws(() => rename(workspace, analysis, position, "n"), { message: /already means something/ });
});

test("code actions mend what diagnostics know to mend", (t) => {
  const titles = mended(`${web}\nservice s { to = web  ports = { 80: "htp" } }`);
  t.true(titles['Write "http"']?.endsWith('80: "http" } }'));
  t.regex(titles['Open port "htp" in deployment "web"'] ?? "", /ports = \{ http: 80, htp: 8080 \}/);
  t.is(
    mended('configMap c { a = "b" }\nlet x = c.key("mode")')['Add key "mode" to configMap "c"'],
    'configMap c { a = "b"  mode = "" }\nlet x = c.key("mode")',
  );
  t.is(
    mended(`${web}\nservice s {\n  ports = { 80: "http" }\n}`)['Add "to"'],
    `${web}\nservice s {\n  ports = { 80: "http" }\n  to = web\n}`,
  );
  t.is(
    mended("let a = size", { "store.infra": "let size = 3" })['Import "size" from "./store.infra"'],
    'import { size } from "./store.infra"\nlet a = size',
  );
});

test("a name that TypeScript exports can be imported, and what declares others cannot", (t) => {
  const titles = mended("let a = size", {
    "lib.ts": "export const size = 3;",
    "lib.d.ts": "export const size: number;",
    "store.d.infra.ts": "export const size: number;",
  });
  const imports = Object.entries(titles).filter(([title]) => title.startsWith("Import"));
  t.deepEqual(imports, [['Import "size" from "./lib.js"', 'import { size } from "./lib.js"\nlet a = size']]);
});

test("what belongs to no stack is taken in as a whole file", (t) => {
  const taken = (entry: string, text: string) => {
    const workspace = workspaceOf({ [entry]: text, "parts/part.infra": "configMap a { }" });
    const reporter = new Reporter();
    reporter.report("resource-not-exported", spanAt("/stack/parts/part.infra", "configMap a { }", 0, 9), {
      resource: 'configMap "a"',
      entry,
      export: entry === "infra.ts" ? 'export * from "./parts/part.infra"' : 'import "./parts/part.infra"',
    });
    const [action] = codeActions(workspace, analysisOf(workspace, "parts/part.infra"), reporter.sorted());
    t.is(action?.edits[0]?.span.file, `/stack/${entry}`);
    return applyEdits(text, action?.edits ?? []);
  };
  const line = 'import "./parts/part.infra"';
  t.is(taken("main.infra", "let a = 1\n"), `${line}\nlet a = 1\n`);
  t.is(
    taken("main.infra", 'import { b } from "./b.infra"\nlet a = b\n'),
    `import { b } from "./b.infra"\n${line}\nlet a = b\n`,
  );
  const imports = 'import {\n  configMap,\n} from "infra";\n';
  t.is(taken("infra.ts", `${imports}f();\n`), `${imports}export * from "./parts/part.infra";\nf();\n`);
});

test("a field that is better left out goes with its line", (t) => {
  const without = (text: string) => {
    const workspace = workspaceOf({ "main.infra": text });
    const reporter = new Reporter();
    reporter.report("replicas-set", spanAt("/stack/main.infra", text, text.indexOf("3"), 1), {
      ...{ resource: 'deployment "d"', what: '3 replicas, whose number autoscaler "d" decides' },
    });
    const [action] = codeActions(workspace, analysisOf(workspace), reporter.sorted());
    t.is(action?.title, 'Leave "replicas" out');
    return applyEdits(text, action?.edits ?? []);
  };
  t.is(without("deployment d {\n  replicas = 3\n  grace = 5s\n}\n"), "deployment d {\n  grace = 5s\n}\n");
  t.is(without("deployment d { replicas = 3  grace = 5s }"), "deployment d { grace = 5s }");
  t.is(without("deployment d { grace = 5s  replicas = 3 }"), "deployment d { grace = 5s  }");
});

test("what needs no quotes is written without them", (t) => {
  const text = 'deployment d { replicas = "3" container c { image = "a:1" readOnlyRoot = "true" } }';
  const titles = mended(text);
  t.is(titles["Write 3 without quotes"], text.replace('"3"', "3"));
  t.is(titles["Write true without quotes"], text.replace('"true"', "true"));
  const exact = 'let x = kubernetes.apps.v1.Deployment({ spec: { replicas: "3" } })';
  const workspace = workspaceOf({ "main.infra": exact });
  const reporter = new Reporter();
  reporter.report("field-invalid", spanAt("/stack/main.infra", exact, exact.indexOf('"3"'), 3), {
    resource: 'Deployment "x"',
    path: "spec.replicas",
    why: 'cannot use string "3" as 32-bit integer',
  });
  const [action] = codeActions(workspace, analysisOf(workspace), reporter.sorted());
  t.is(applyEdits(exact, action?.edits ?? []), exact.replace('"3"', "3"));
});

test("positions count UTF-16 units, and lines end as they do", (t) => {
  const { analysis, position, workspace } = opened('let x = "😀" + na|me\r\nlet name = "a"\r\n');
  const span = definition(workspace, analysis, position);
  t.is(span && textOf(analysis.text, span), "name");
  t.is(span?.start.line, 2);
});

const helps = test.macro({
  title: (what = "") => `signature help: ${what}`,
  exec(t, marked: string, expected: string | undefined) {
    const { analysis, position, workspace } = opened(marked, {
      "lib.infra": "function twice(n, by = 2) = n * by",
    });
    const found = signatureHelp(workspace, analysis, position);
    t.is(found && `${found.label} @ ${found.parameters[found.active]}`, expected);
  },
});

test(
  "a function of the stdlib",
  helps,
  "let a = downward(|)",
  'downward(field: a fact of the pod such as "status.podIP"): a reference @ field: a fact of the pod such as "status.podIP"',
);
test(
  "a method",
  helps,
  'configMap c { a = "b" }\nlet x = c.key("|',
  "key(key: text): a reference @ key: text",
);
test("a function of the language", helps, 'let a = join(["a"], |)', "join(list, separator) @ separator");
test(
  "a function of the file, half written",
  helps,
  "function f(size, by = 1) = size\nlet a = [f(1, |\nlet b = 2",
  "f(size, by?) @ by?",
);
test(
  "a function of another file",
  helps,
  'import { twice } from "./lib.infra"\nlet a = twice({ b: [1, 2] }, |3)',
  "twice(n, by?) @ by?",
);
test("outside of calls", helps, 'let a = join(["a"], "b")|\nlet b = (1)', undefined);

test("what a TypeScript file exports is known in every form, and nothing is missed that may be there", (t) => {
  const known = `export * as v1 from "./v1.js";
export const { a, b: c, d = 3 } = settings;
export const [e, f] = list;
export { g as h, i };
export const j = { k: 1 };
export const enum L { M }
export namespace n { export const o = 1; }
`;
  const lacking = (more: string, ...names: readonly string[]) =>
    mistakesOf(
      workspaceOf({
        "main.infra": `import { ${names.join(", ")} } from "./x.js"\n`,
        "x.ts": known + more,
      }),
    ).flatMap((line) => /exports no "(.+)"/.exec(line)?.[1] ?? []);
  t.deepEqual(lacking("", "v1", "a", "c", "d", "e", "f", "h", "i", "j", "L", "n", "b", "g", "k", "z"), [
    "b",
    "g",
    "k",
    "z",
  ]);
  t.deepEqual(lacking('export * from "./more.js";\n', "a", "z"), []);
  t.deepEqual(lacking("export const one = 1, two = 2;\n", "one", "two"), []);
  t.deepEqual(lacking("export = settings;\n", "z"), []);
});
