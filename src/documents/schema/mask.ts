/** What an IQ says about the mask that volunteers came through (R13, R36): what it does, what was searched, and what risk is left. */
import { z } from 'zod'
import { measured } from '../measured.js'
import { rows } from './parts.js'

const risk = z.strictObject({
  people: rows,
  /** The declared attributes; over them, combinations, people who are alone with theirs, and the least number who share one. */
  attributes: z.array(z.string()),
  combinations: rows,
  unique: rows,
  smallest: rows.nullable(),
  /** People who share their combination with fewer than k in all. */
  below: rows,
  /** Everything that is kept, and how many rows fit exactly one person of the source by it. */
  joinedBy: z.array(z.string()),
  joined: rows,
})

/** The result `mask` of the step that loaded the volunteers into VAL Main. */
export const maskSchema = z.strictObject({
  policy: measured(
    z.strictObject({
      level: z.enum(['identifiers', 'pseudonymised', 'k-anonymous']),
      k: z.int().min(2),
    }),
    ['policy'],
    {
      says: 'The level of the mask',
      brokenBy: 'R13 the level that the plan was approved with is the one that is carried out and stated',
    },
  ),
  promises: measured(z.strictObject({ promises: z.array(z.string()), notPromised: z.array(z.string()) }), ['release'], {
    says: 'What the mask of that level does, and what it does not promise',
    brokenBy: 'R13 at the level identifiers ids and dates are the real ones, and the evidence says so',
  }),
  replaced: measured(z.array(z.strictObject({ table: z.string(), column: z.string(), entries: rows })), ['program'], {
    says: 'Texts that no declared list has, and that therefore did not arrive, by column',
    brokenBy: 'R36 the evidence counts the texts that did not arrive, and a list that declares them makes them fewer',
  }),
  scanned: measured(z.strictObject({ tables: rows, columns: rows, texts: rows, identifiers: rows }), ['read'], {
    says: 'All text of the instance, so many tables, columns and texts, was searched for so many identifiers of the source, and none was found',
    brokenBy:
      'R36 the numbers of the search are those of the database and the files: each changes with what it counts, and a hit leaves none',
  }),
  /** Absent in what was recorded before 2026-11: which forms were searched is not known then. */
  forms: measured(
    z.strictObject({
      searched: z.array(z.string()),
      notSearched: z.array(z.string()),
      suppressed: z.array(z.strictObject({ rule: z.string(), hits: rows })),
      words: rows,
    }),
    ['program'],
    {
      says: 'The forms in which identifiers were searched, those in which they were not, and the hits that a rule took back, by rule',
      brokenBy: 'R36 hits that a rule takes back are stated by rule: a member of staff with a name of the source is counted',
    },
  ).optional(),
  risk: measured(risk, ['read'], {
    says: 'The risk that is left: who is alone with a combination, and whom the holder of the source would find again',
    brokenBy: 'R13 the risk is measured in the target: a person who is made alone there is counted as alone',
  }),
})

/** The result `text` of the step that looked through VAL Test: its source's identifiers are known to nobody any more. */
export const testTextSchema = measured(
  /** `leftOut`: columns that hold no text, and that the search of Main looked at none the less. */
  z.strictObject({ tables: rows, columns: rows, texts: rows, known: rows, leftOut: z.array(z.string()) }),
  ['read'],
  {
    says: 'Every text of Test stands in Main, which was searched, or in the content that the product ships',
    brokenBy: 'R36 a text in Test that is neither of Main nor of the product stops the operation',
  },
)
