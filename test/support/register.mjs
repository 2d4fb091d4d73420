/* Lets Node 20 run the TypeScript sources directly: ava workers import this file first. */
import { register } from "node:module";

register("./typescript-hooks.mjs", import.meta.url);
