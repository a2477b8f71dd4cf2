/** What texts are compared by when the same text may be spelt in several ways: no case, accents or double blanks. */
export function comparable(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, ' ').trim()
}
