import test from "ava";
import { meantAmount, meantNumber } from "../../compiler/check/meant-amount.js";
import { hasForm } from "../../compiler/check/written.js";

const texts: { readonly [form: string]: { readonly [text: string]: string | undefined } } = {
  Duration: {
    "500ms": 'whole seconds are the least: "1s"',
    "1500 ms": 'whole seconds are the least: "2s"',
    "2000ms": 'write "2s"',
    "250us": 'whole seconds are the least: "1s"',
    "100µs": 'whole seconds are the least: "1s"',
    "5 minutes": 'write "5m"',
    "90sec": 'write "90s"',
    "120 seconds": 'write "2m"',
    "2hrs": 'write "2h"',
    "1h30m": 'write "90m"',
    "1m 0.5s": 'whole seconds are the least: "61s"',
    "0.1s0.2s0.7s": 'write "1s"',
    "7d": 'write "168h"',
    "5months": undefined,
    "5 mb": undefined,
    "500m s": undefined,
    "-5sec": undefined,
  },
  Cpu: {
    "2 cores": 'write "2"',
    "1 vCPU": 'write "1"',
    "0.5cpu": 'write "0.5"',
    "250 m": 'write "250m"',
    "250 millicores": 'write "250m"',
    "1500u": 'write "2m"',
    "100n": 'write "1m"',
    "64Mi": undefined,
    "5k": undefined,
    "2G": undefined,
  },
  Memory: {
    "64MB": 'write "64Mi"',
    "1.5 g": 'write "1.5Gi"',
    "512m": 'write "512Mi"',
    "64 megabytes": undefined,
    "5s": undefined,
  },
};

for (const [form, each] of Object.entries(texts))
  for (const [text, meant] of Object.entries(each))
    test(`${form} of ${text}`, (t) => {
      t.is(meantAmount(text, form), meant);
      const [, proposed] = /"(.+)"/.exec(meant ?? "") ?? [];
      t.true(proposed === undefined || hasForm(proposed, form), "it is taken");
    });

test("numbers get their unit, and no other amount", (t) => {
  t.is(meantNumber(30, "Duration"), 'with its unit: "30s"');
  t.is(meantNumber(0.5, "Duration"), 'whole seconds are the least: "1s"');
  t.is(meantNumber(-1, "Duration"), undefined);
  t.is(meantNumber(64, "Memory"), 'with its unit: "64Mi"');
  t.is(meantNumber(80, "Percentage"), 'write "80%"');
  t.is(meantNumber(0.8, "Percentage"), 'write "80%"', "a share of one");
  t.is(meantNumber(0.333, "Percentage"), 'write "33.3%"');
});
