import { randomBytes } from "node:crypto";
import { systemClock, type World } from "../../stdlib/base/clock.js";

/** The host's clock and the kernel's randomness. */
export const liveWorld: World = {
  clock: systemClock,
  random: {
    uint32: () => randomBytes(4).readUInt32LE(0),
    bytes: (length) => new Uint8Array(randomBytes(length)),
  },
};
