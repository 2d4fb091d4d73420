const closers: { readonly [opener: string]: string } = { "(": ")", "[": "]", "{": "}" };

/** A comment, a string as far as it goes, a word, or one character. */
const token =
  /\/\/[^\n]*|(?:[rR][bB]?|[bB][rR])(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n\r]*"|'[^'\n\r]*')|[bB]?(?:"""(?:\\[\s\S]|[^\\])*?"""|'''(?:\\[\s\S]|[^\\])*?'''|"(?:\\.|[^"\\\n\r])*"|'(?:\\.|[^'\\\n\r])*')|\w+|[\s\S]/g;

/**
 * What keeps text from being an expression of CEL, as far as it shows without types: a string that does not end, a
 * bracket without its other half.
 *
 * Source: cel-spec, "Syntax".
 */
export function checkExpression(text: string): string | undefined {
  const open: string[] = [];
  for (const [part] of text.matchAll(token)) {
    if (part === '"' || part === "'") return `Syntax error: a string that begins with ${part} does not end`;
    const closer = closers[part];
    if (closer !== undefined) open.push(closer);
    else if (/^[)\]}]$/.test(part) && open.pop() !== part) return `Syntax error: '${part}' closes nothing`;
  }
  const missing = open.pop();
  return missing === undefined ? undefined : `Syntax error: missing '${missing}'`;
}
