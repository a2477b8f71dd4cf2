/** Text from outside, made fit to be kept. */

/**
 * Takes out NUL, which PostgreSQL cannot store in any text, and puts U+FFFD for half a character (a lone surrogate), which it
 * cannot store in JSON. Nobody types either; refused, a whole comment would be lost for a character that nobody sees.
 */
export function storable(text: string): string {
  return text.replaceAll('\0', '').replace(/[\ud800-\udfff]/gu, '\ufffd')
}
