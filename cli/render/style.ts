/** One colour per meaning: green adds, yellow changes, red destroys or fails, dim says where it came from. */
export interface Style {
  green(text: string): string;
  yellow(text: string): string;
  red(text: string): string;
  dim(text: string): string;
}

const sgr = (code: number, off: number) => (text: string) => `\u001b[${code}m${text}\u001b[${off}m`;
const same = (text: string) => text;

export const colourStyle: Style = {
  green: sgr(32, 39),
  yellow: sgr(33, 39),
  red: sgr(31, 39),
  dim: sgr(2, 22),
};

/** For pipes, files and `NO_COLOR`. */
export const plainStyle: Style = { green: same, yellow: same, red: same, dim: same };
