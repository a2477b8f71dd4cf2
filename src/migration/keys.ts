/** Which record of the dump became which record of the product: how references find their way, merged duplicates included. */

/** A loaded record's new id, or what became of the record instead. */
export type Fate = number | 'rejected' | 'excluded'

/** A key in one text; null where every part is empty or a null word. The separator cannot occur in a trimmed cell. */
export function joinKey(parts: readonly string[], isNull: (part: string) => boolean): string | null {
  const clean = parts.map((part) => part.trim().normalize('NFC'))
  return clean.every((part) => part === '' || isNull(part)) ? null : clean.join('\u001f')
}

export class KeyIndex {
  readonly #fates: Map<string, Map<string, Fate>>

  /** Only the keys of entities that others point at are kept. */
  constructor(referenced: Iterable<string>) {
    this.#fates = new Map([...referenced].map((entity) => [entity, new Map()]))
  }

  of(entity: string, key: string): Fate | undefined {
    return this.#fates.get(entity)?.get(key)
  }

  /** A loaded record is never forgotten for a later row of the same key that was rejected. */
  note(entity: string, key: string, fate: Fate): void {
    const fates = this.#fates.get(entity)
    if (fates && typeof fates.get(key) !== 'number') fates.set(key, fate)
  }
}
