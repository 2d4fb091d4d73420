/**
 * Characters of a source file. Patterns of the lexer that repeat a group keep a place on a stack for each time, which
 * has room for as many.
 */
export const longestFile = 4 * 1024 * 1024;

/** Said of a file of more characters. */
export function tooLarge(length: number): string {
  const [has, most] = [length, longestFile].map((count) => count.toLocaleString("en"));
  return `the file has ${has} characters, and at most ${most} are read: large text stands in a file of its own, file("./data.txt")`;
}
