/** The invented people of a legacy dump, and the chance that everything about them is drawn from. */

const { imul } = Math

/** A source of numbers that is the same for the same seed. */
export class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** A number in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  /** True once in a while: `share` is between 0 and 1. */
  once(share: number): boolean {
    return this.next() < share
  }

  pick<T>(list: readonly T[]): T {
    return list[this.between(0, list.length - 1)] as T
  }

  /** An ISO date, `days` at most before `today`. */
  dayBefore(today: string, days: number): string {
    return addDays(today, -this.between(0, days))
  }
}

/** An ISO date moved by days. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10)
}

/** A person as the legacy system knows one. Dates are ISO; how they are written is the dump's business. */
export interface LegacyPerson {
  number: string
  surname: string
  forename: string
  middle: string
  birth: string
  sex: 'M' | 'F'
  registered: string
  email: string
  mobile: string
  nationalId: string
  street: string
  city: { name: string; postcode: string; country: string }
}

const women = namesIn(`Anaïs|Beatriz|Chloé|Danuta|Élodie|Fatima|Grażyna|Hélène|Ingrid|Joana|Katarína|Léa|Małgorzata|Noémie|Olívia|Priya
  Renée|Saoirse|Thuý|Ursula|Vitória|Wilhelmina|Yasmin|Zoë|Amélie|Birgit|Carmen|Désirée|Emma|Françoise|Gülşen|Hannah
  Ilse|Julia|Kübra|Lotte|María José|Nadia|Søs|Mei-Ling`)
const men = namesIn(`André|Björn|Cédric|Duarte|Étienne|François|Günther|Håkon|Íñigo|João|Kofi|Lászlo|Matthias|Núño|Óscar|Pieter|Raphaël
  Sébastien|Tomás|Umut|Václav|Wouter|Xavier|Youssef|Zoltan|Anders|Benoît|Chidi|Daan|Emil|Frédéric|Gaël|Henrik|Jürgen
  Kenji|Loïc|Márcio|Niels|Jean-Luc|Rajesh`)
const surnames =
  namesIn(`Åkesson|Álvarez|Bäcker|Çelik|Da Silva|De Vries|Dubois|Étournau|Fernández|García|Gonçalves|Hoekstra|Ibáñez|Jørgensen
  König|Lefèvre|Müller|Nguyen|Núñez|O'Brien|Öztürk|Peña|Quiñones|Rössler|Sørensen|Thévenot|Ünal|Van der Berg|Weiß
  Ximénez|Yılmaz|Zúñiga|Adeyemi|Bakker|Costa|Dąbrowski|Eriksson|Ferreira|Gruber|Haddad|Ivanova|Janssens|Kowalczyk
  Lindqvist|Moreau|Nowak|Okafor|Patel|Rahman|Schäfer|Tanaka|Urbański|Vermeulen|Wójcik|Zimmermann|Achterberg|Böhm|Castaño
  D’Angelo|Estévez|Fuß|Groß|Hübner`)
const streets = namesIn(`Rue des Écoliers|Königsweg|Calle Mayor|Kerkstraat|Lindenallee|Avenida Central|Prinsengracht|Storgatan|High Street`)
const cities = [
  { name: 'Groningen', postcode: '9711 LP', country: 'NL' },
  { name: 'Leuven', postcode: '3000', country: 'BE' },
  { name: 'Münster', postcode: '48143', country: 'DE' },
  { name: 'Orléans', postcode: '45000', country: 'FR' },
  { name: 'Málaga', postcode: '29005', country: 'ES' },
  { name: 'Malmö', postcode: '211 20', country: 'SE' },
]

/** Invents a person. Names are such as Windows-1252 can write; the other letters of Europe are written without their marks. */
export function person(chance: Chance, index: number, today: string): LegacyPerson {
  const sex = chance.once(0.52) ? 'M' : 'F'
  const forename = writable(chance.pick(sex === 'M' ? men : women))
  const surname = writable(chance.pick(surnames))
  const number = String(100_000 + index * 7 + chance.between(0, 6))
  const digits = (count: number) => Array.from({ length: count }, () => chance.between(0, 9)).join('')
  return {
    number,
    surname,
    forename,
    middle: chance.once(0.3) ? `${chance.pick('ABCDEFGHJKLMNPRSTVW'.split(''))}.` : '',
    birth: chance.dayBefore(addDays(today, -18 * 366), 57 * 365),
    sex,
    registered: chance.dayBefore(addDays(today, -30), 12 * 365),
    email: `${plain(forename)}.${plain(surname)}${chance.between(1, 9999)}@${chance.pick(['example.org', 'example.net', 'example.com'])}`,
    mobile: `+${chance.pick(['31 6', '32 4', '49 15', '33 6', '34 6'])}${digits(2)} ${digits(3)} ${digits(3)}`,
    nationalId: `${chance.pick('ABCEGHJKLMN'.split(''))}${chance.pick('ABCEGHJKLMN'.split(''))}${digits(6)}${chance.pick(['A', 'B', 'C', 'D'])}`,
    street: `${chance.pick(streets)} ${chance.between(1, 240)}`,
    city: chance.pick(cities),
  }
}

function namesIn(text: string): string[] {
  return text.split(/[|\n]/).map((name) => name.trim())
}

const outside: Record<string, string> = { ż: 'z', ł: 'l', ş: 's', ı: 'i', ą: 'a', ń: 'n' }

function writable(name: string): string {
  return name.replace(/[żłşıąń]/g, (letter) => outside[letter] ?? letter)
}

/** A name in plain lower case letters, as in an address or after a careless import. */
function plain(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase()
}
