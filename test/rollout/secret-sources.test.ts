import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { armor, Encrypter, generateIdentity, identityToRecipient } from "age-encryption";
import test, { type ExecutionContext } from "ava";
import { readSecrets } from "../../cli/rollout/secret-sources.js";
import type { SecretProvider } from "../../stdlib/schema/bundle.js";

async function sources(t: ExecutionContext, environment: { readonly [name: string]: string } = {}) {
  const sourceRoot = await mkdtemp(join(tmpdir(), "infra-secrets-"));
  t.teardown(() => rm(sourceRoot, { recursive: true }));
  return { sourceRoot, environment: { INFRA_AGE_IDENTITY: join(sourceRoot, "age.txt"), ...environment } };
}

function declare(keys: { readonly [key: string]: SecretProvider }) {
  return [
    {
      namespace: "shop",
      name: "db",
      type: "Opaque",
      labels: {},
      keys,
      place: { file: "infra.ts", line: 3, column: 7 },
    },
  ];
}

async function valueFrom(provider: SecretProvider, from: Awaited<ReturnType<typeof sources>>) {
  const { unavailable, values } = await readSecrets(declare({ key: provider }), from);
  if (unavailable !== undefined) throw unavailable;
  return Buffer.from(values.get("shop/db/key") ?? "", "base64").toString();
}

/** A text that the identity of these sources decrypts. */
async function encryptedFor(from: Awaited<ReturnType<typeof sources>>, text: string): Promise<Uint8Array> {
  const identity = await generateIdentity();
  await writeFile(from.environment.INFRA_AGE_IDENTITY, `# mine\n${identity}\n`);
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identity));
  return encrypter.encrypt(text);
}

test("variables, files and commands", async (t) => {
  const from = await sources(t, { DB: "s3cret" });
  await writeFile(join(from.sourceRoot, "key.pem"), "bytes\n");
  t.is(await valueFrom({ provider: "environment", variable: "DB" }, from), "s3cret");
  t.is(await valueFrom({ provider: "file", path: "./key.pem" }, from), "bytes\n");
  t.is(
    await valueFrom({ provider: "command", argv: ["printf", "%s\\n\\n", "$HOME; x"] }, from),
    "$HOME; x\n",
  );
});

test("age-encrypted files, whole or by key, binary or armoured", async (t) => {
  const from = await sources(t);
  const encrypted = await encryptedFor(from, "password: hunter2\nport: 5432\n");
  await writeFile(join(from.sourceRoot, "a.age"), encrypted);
  await writeFile(join(from.sourceRoot, "b.age"), armor.encode(encrypted));
  t.is(await valueFrom({ provider: "age", path: "./a.age", key: "password" }, from), "hunter2");
  t.is(await valueFrom({ provider: "age", path: "./b.age", key: "port" }, from), "5432");
  t.is(await valueFrom({ provider: "age", path: "./b.age" }, from), "password: hunter2\nport: 5432\n");
  const lacking = await t.throwsAsync(valueFrom({ provider: "age", path: "./a.age", key: "user" }, from));
  t.is(String(lacking?.cause), 'SecretUnavailable: "./a.age" has no text under "user"');
});

test("the built program reads age-encrypted files", async (t) => {
  const from = await sources(t);
  await writeFile(join(from.sourceRoot, "db.age"), await encryptedFor(from, "password: hunter2\n"));
  await writeFile(
    join(from.sourceRoot, "infra.ts"),
    `import { fromAge, secret } from "infra";
export const db = secret("db", { password: fromAge("./db.age", { key: "password" }) });
`,
  );
  const program = fileURLToPath(new URL("../../bin/infra", import.meta.url));
  const { stdout, stderr } = await promisify(execFile)(program, ["plan", from.sourceRoot], {
    env: {
      ...process.env,
      ...from.environment,
      INFRA_ROOT: join(from.sourceRoot, "root"),
      XDG_CACHE_HOME: join(from.sourceRoot, "cache"),
    },
  });
  t.is(stderr, "");
  t.regex(stdout, /secret\/db/);
  t.notRegex(stdout, /hunter2/);
});

test("an odd tag in an age-encrypted file is no reason to quote what stands beside it", async (t) => {
  const warnings: string[] = [];
  const hear = ({ message }: Error) => warnings.push(message);
  process.on("warning", hear);
  t.teardown(() => process.off("warning", hear));
  const from = await sources(t);
  await writeFile(join(from.sourceRoot, "a.age"), await encryptedFor(from, "password: !odd hunter2\n"));
  t.is(await valueFrom({ provider: "age", path: "./a.age", key: "password" }, from), "hunter2");
  await new Promise((resolve) => setImmediate(resolve));
  t.deepEqual(warnings, []);
});

test("what cannot be read is named with its place, all at once, and nothing of a value is said", async (t) => {
  const from = await sources(t);
  await writeFile(join(from.sourceRoot, "noisy"), "#!/bin/sh\necho topsecret; echo topsecret >&2; exit 3\n");
  await chmod(join(from.sourceRoot, "noisy"), 0o755);
  await writeFile(join(from.sourceRoot, "large"), Buffer.alloc(1024 * 1024 + 1));
  const { unavailable } = await readSecrets(
    declare({
      a: { provider: "environment", variable: "NOT_SET" },
      b: { provider: "file", path: "./gone" },
      c: { provider: "command", argv: ["./noisy"] },
      d: { provider: "file", path: "./large" },
      e: { provider: "age", path: "./x.age" },
    }),
    from,
  );
  const text = `${unavailable?.message} ${String(unavailable?.cause)}`;
  t.regex(text, /^Cannot read key "a" of secret "db" \(infra\.ts:3:7\), nor key "b"/);
  t.regex(text, /NOT_SET is not set/);
  t.true(["b", "c", "d", "e"].every((key) => text.includes(`key "${key}"`)));
  t.false(text.includes("topsecret"));
});
