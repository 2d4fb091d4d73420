import { configMap } from "infra";

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value)) throw new RangeError(`"${text}" is no port`);
  return value;
}
export const settings = configMap("settings", { port: port("http") });
