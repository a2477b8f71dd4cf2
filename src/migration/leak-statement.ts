/** What the leak scan (R36) says of itself: the forms that it knows, those that it does not, and the hits that a rule takes back. */

/** What was searched for, in sentences, and what was found but does not count. */
export interface LeakStatement {
  searched: string[]
  notSearched: string[]
  /** Places (row and column) in which an identifier stood and a rule says that it is none there. */
  suppressed: { rule: string; hits: number }[]
  /** Different words with a digit, from free text, that were looked for besides the identifiers. */
  words: number
}

/** In whatever case, with or without accents and strokes (`ø` as `o`), and whatever punctuation stands around it. */
export const searched = [
  'All forms: in upper or lower case, with or without accents (also ø as o, ß as ss, ł as l, æ as ae, œ as oe, đ as d, ı as i), and whatever punctuation stands around them.',
  'E-mail addresses.',
  'Telephone numbers of 8 digits and more: by their last nine digits, or by eight where one side has no more; parted in any way by blanks, full stops, hyphens, slashes, brackets.',
  'Names: first name and surname in either order, with the middle name that the source has and without it; the surname behind a title of daily life (Mr, Mrs, Ms, Herr, Frau, mevrouw and the like).',
  'Names of contacts: all parts, whichever comes first.',
  'Addresses: street and number in either order, with or without "nr." or "no.".',
  'Numbers of a person (identity, volunteer and subject numbers) of 6 characters and more, with or without the punctuation in them.',
  'Numbers of a person of 4 or 5 characters, of letters and digits, as a word by itself in exactly the punctuation that they have.',
  'E-mail addresses, telephone numbers and words of 6 characters and more with a digit that stand in free text of volunteers.',
]

export const notSearched = [
  'A surname alone, or behind Dr or Prof., by which staff are called; a first name alone; an initial with a surname.',
  'Names with an other middle name than the source has, written together as one word, transliterated (oe for ø or ö, ue for ü) or misspelt.',
  'Names of people that somebody typed into a note about another person, unless they are names of volunteers or contacts of the source.',
  'E-mail addresses with a word or a blank for a sign, such as "(at) example.org", or joined by a full stop to the word before it.',
  'Telephone numbers of fewer than 8 digits; whole names of fewer than 5 letters, surnames behind a title of fewer than 3, addresses of fewer than 6 letters and digits.',
  'Streets without a number and other parts of an address; abbreviated streets; towns and postal codes.',
  'A number of a person of fewer than 4 characters, of fewer than 6 without a letter, or of fewer than 6 in other punctuation than the source has.',
  'Rows that a rule of the specification excluded, or that were rejected for what a field holds: only duplicates that were merged, or rejected for their key, are known beside the rows that were loaded.',
]

/** Why a hit may be none. */
export const exceptions = {
  staff: 'a name among the members of staff (users), who may be called like a volunteer',
  code: 'a code that stands alone in a cell of the configuration, of a list, or of a column with a code list',
  shared: 'a word of free text that three people or more of the source share',
}
