import type { CliContext } from "../context.js";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const frameMs = 100;

/** Settled lines, and below them on a terminal one line that moves and says what is waited for. */
export interface StatusLine {
  settle(text: string): void;
  wait(text: string): void;
  end(): void;
}

export function statusLine(context: CliContext): StatusLine {
  if (!context.terminal.interactive) return { settle: context.out, wait() {}, end() {} };
  let text = "";
  let frame = 0;
  let timer = context.clock.setTimer(frameMs, tick);
  const clear = () => context.out("\r\u001b[K");
  const draw = () => {
    const columns = context.terminal.size()?.columns || 80; // a serial console says 0
    if (text !== "") context.out(`\r\u001b[K${frames[frame % frames.length]} ${text.slice(0, columns - 3)}`);
  };
  function tick(): void {
    frame += 1;
    draw();
    timer = context.clock.setTimer(frameMs, tick);
  }
  return {
    settle(line) {
      clear();
      context.out(line);
      draw();
    },
    wait(next) {
      text = next;
      draw();
    },
    end() {
      timer.cancel();
      clear();
    },
  };
}
