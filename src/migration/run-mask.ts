/** The mask of a run, and what it measures (R13, R36): rows go in as the dump has them and come out as somebody who never was. */
import { Mask, type MaskPolicy, type Product, TooFewPeople } from '../product/index.js'
import type { LeakStatement } from './leak-statement.js'
import type { LeakSearch } from './leaks.js'
import { MigrationRefused } from './refusal.js'
import { type ResidualRisk, RiskMeter } from './residual-risk.js'
import type { Specification } from './schema.js'
import { specifiedTexts } from './specified.js'

type Row = readonly (string | null)[]

/** A table's way through the mask. */
export interface Passage {
  mask(row: Row): Row
  /** The masked row as it leaves; undefined where no row leaves before the last one was seen. */
  leave(row: Row, masked: Row): Row | undefined
  /** The rows that waited. Refuses people who are too few for `k-anonymous`. */
  rest(): Iterable<Row>
}

/** Where nothing is masked. */
export const open: Passage = { mask: (row) => row, leave: (row) => row, rest: () => [] }

/** What a mask did, and what it left to somebody who looks: to be asked for once the target was scanned. */
export interface MaskMeasures {
  /** Texts that no list had, by column: how many entries did not arrive. */
  replaced: { table: string; column: string; entries: number }[]
  risk: ResidualRisk
  /** How many different identifiers of the source were looked for. */
  identifiers: number
  /** In which forms, and what was found but does not count. */
  forms: LeakStatement
}

interface Setting {
  product: Product
  productVersion: string
  specification: Specification
  policy: MaskPolicy
}

/** Made for one run, with a key that this run alone has. */
export class RunMask {
  readonly #mask: Mask
  readonly #risk: RiskMeter

  constructor(private readonly setting: Setting) {
    const { product, productVersion, policy } = setting
    this.#mask = new Mask(product, productVersion, { ...policy, specified: (table, column) => this.#specified(table, column) })
    this.#risk = new RiskMeter(product, productVersion, policy.level)
  }

  /** Throws, before the first row, on a column that the product does not classify (R36). */
  passage(table: string, columns: readonly string[]): Passage {
    const mask = this.#mask.rows(table, columns)
    if (table !== this.setting.product.definition.people.table) return { ...open, mask, leave: (_, masked) => masked }
    const generalisation = this.#mask.generalisation(table, columns)
    const learnt = (row: Row, masked: Row) => {
      this.#risk.learn(columns, row, masked)
      return masked
    }
    if (!generalisation) return { ...open, mask, leave: learnt }
    const waiting: [Row, Row][] = []
    return {
      mask,
      leave(row, masked) {
        generalisation.learn(masked)
        waiting.push([row, masked])
        return undefined
      },
      *rest() {
        settle(generalisation)
        for (const [row, masked] of waiting.splice(0)) yield learnt(row, generalisation.apply(masked))
      },
    }
  }

  /** The search with an eye on the people whom it passes. */
  watching(table: string, columns: readonly string[], search: LeakSearch): LeakSearch {
    if (table !== this.setting.product.definition.people.table) return search
    return {
      look: (row) => {
        search.look(row)
        this.#risk.look(columns, row)
      },
      hits: search.hits,
    }
  }

  measures(identifiers: number, forms: LeakStatement): MaskMeasures {
    return { replaced: this.#mask.replaced(), risk: this.#risk.measured(this.setting.policy.k), identifiers, forms }
  }

  /** What the specification itself has for a column, and its approval covers. */
  #specified(table: string, column: string): string[] {
    const entity = this.setting.product.definition.migration.entities.find((each) => each.table === table)
    return entity ? specifiedTexts(this.setting.specification, entity.id, column) : []
  }
}

/** What the people of a dump are too few for is said no to, in the words of a refusal. */
function settle(generalisation: NonNullable<ReturnType<Mask['generalisation']>>): void {
  try {
    generalisation.settle()
  } catch (error) {
    if (!(error instanceof TooFewPeople)) throw error
    throw new MigrationRefused({ code: 'too-few-people', rule: 'R13', text: error.message, who: 'qa of the vendor' })
  }
}
