export default {
  files: ["test/**/*.test.ts"],
  extensions: { ts: "module" },
  nodeArguments: ["--import=./test/support/register.mjs", "--enable-source-maps"],
  timeout: "4m",
  failFast: false,
};
