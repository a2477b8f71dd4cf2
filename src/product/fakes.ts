/**
 * Invented people: what masking writes in a person's place. Whatever alone could name somebody carries a mark that no real value has
 * (`-Mock`, `masked.example`, numbers set aside for fiction), so that nobody takes an invented value for a real one.
 */

const firstNames =
  'Ada Alba Amin Anouk Arlo Asta Basil Bela Bruno Calla Cato Cleo Dara Dora Edda Elio Enzo Esme Fenna Finn Gil Greta Hana Hugo Ida Ilse Ines Iris Ivo Jana Jory Juno Kaia Kim Lale Lars Leif Liv Luca Maia Marlo Mika Milo Nadia Nell Nico Noor Odin Olga Orla Otis Pia Quinn Rafi Remy Rhea Romy Runa Sami Sena Sol Tara Theo Tilda Una Vera Wim Yara Zeno Zora'.split(
    ' ',
  )
const stems =
  'Alder Ash Barley Birch Brook Calder Cedar Clover Coral Dale Ember Fern Field Flint Frost Glen Hazel Heath Hollow Ivory Juniper Lark Linden Maple Marsh Meadow Mill Moor Oak Pebble Pine Quarry Reed Ridge River Rowan Sage Shore Stone Thistle Vale Willow'.split(
    ' ',
  )
const ends = [
  'berg',
  'bury',
  'by',
  'croft',
  'den',
  'feld',
  'ford',
  'gate',
  'ham',
  'holm',
  'ley',
  'man',
  'more',
  'sen',
  'son',
  'stad',
  'ton',
  'wick',
  'wood',
  'worth',
]
const streets = ['Avenue', 'Close', 'Lane', 'Road', 'Row', 'Square', 'Street', 'Way']
const towns = ['bridge', 'field', 'haven', 'mouth', 'port', 'stead', 'ville', 'water']

/** A number drawn from 32 bytes of keyed hash; `place` picks which bytes, so that the parts of a person are independent. */
function draw(bytes: Buffer, place: number, below: number): number {
  return bytes.readUInt32BE((place * 4) % 32) % below
}

function pick(list: readonly string[], bytes: Buffer, place: number): string {
  return list[draw(bytes, place, list.length)] ?? ''
}

export function firstName(bytes: Buffer): string {
  return pick(firstNames, bytes, 0)
}

export function lastName(bytes: Buffer): string {
  return `${pick(stems, bytes, 1)}${pick(ends, bytes, 2)}-Mock`
}

/** An address under `masked.example`, which nobody can own; as good as unique, for columns that have to be. */
export function email(bytes: Buffer): string {
  return `${bytes.toString('hex', 0, 10)}@masked.example`
}

/** A number of the range that is set aside for fiction. */
export function phone(bytes: Buffer): string {
  return `+1-555-01${String(draw(bytes, 3, 100)).padStart(2, '0')}-${String(draw(bytes, 4, 10_000)).padStart(4, '0')}`
}

export function street(bytes: Buffer): string {
  return `${1 + draw(bytes, 5, 240)} ${pick(stems, bytes, 6)} Mock ${pick(streets, bytes, 7)}`
}

export function city(bytes: Buffer): string {
  return pick(stems, bytes, 4) + pick(towns, bytes, 5)
}

export function postalCode(bytes: Buffer): string {
  return String(10_000 + draw(bytes, 6, 89_999))
}

/** Days to move a person's dates by: never none, at most half a year either way. */
export function dayShift(bytes: Buffer): number {
  const days = draw(bytes, 7, 364) - 182
  return days < 0 ? days : days + 1
}
