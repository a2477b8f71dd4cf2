/** docs/evidence.md: every statement of every document, what measures it, and the test that makes it false and sees it not said. */
import type { z } from 'zod'
import { MEASURERS, statements } from './measured.js'
import { documentSchema } from './types.js'

/** One statement of a document's schema. `path` is where it stands in the record; `[]` is every entry of a list. */
export interface StatementLine {
  document: string
  path: string
  says: string
  by: readonly (keyof typeof MEASURERS)[]
  brokenBy: string
}

/** The record's own name: given, not measured. */
const own = new Set(['kind', 'number', 'revision', 'issuedAt'])

/** All statements, document by document; throws where a schema holds a field that nothing measures. */
export function statementLines(): StatementLine[] {
  return documentSchema.options.flatMap((schema) => {
    const document = schema.shape.kind.value
    return Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([key, field]) =>
      own.has(key) ? [] : linesOf(document, key, field),
    )
  })
}

function linesOf(document: string, path: string, field: z.ZodType): StatementLine[] {
  const stated = statements.get(field)
  if (stated) return [{ document, path, ...stated }]
  const { def } = field as unknown as {
    def: { type: string; innerType?: z.ZodType; element?: z.ZodType; shape?: Record<string, z.ZodType> }
  }
  if (def.innerType) return linesOf(document, path, def.innerType)
  if (def.element) return linesOf(document, `${path}[]`, def.element)
  // A list's entries carry titles of ours beside what was measured.
  const inner = Object.entries(def.shape ?? {}).filter(([key]) => !['title', 'name'].includes(key))
  if (inner.length === 0) throw new Error(`${document} states ${path}, and nothing measures it`)
  return inner.flatMap(([key, each]) => linesOf(document, `${path}.${key}`, each))
}

/** The page as it stands in docs/. */
export function evidencePage(): string {
  const lines = statementLines()
  const documents = [...new Set(lines.map(({ document }) => document))]
  return [
    '# What our documents state, and how it is known',
    '',
    'Made from the schemas of the documents (`npm run evidence`); a test holds it to them, and each test named here to its title.',
    'A value is printed with what measured it and when. What was not measured is printed so.',
    '',
    '| measured by | that is |',
    '|---|---|',
    ...Object.entries(MEASURERS).map(([by, means]) => `| \`${by}\` | ${means} |`),
    ...documents.flatMap((document) => [
      '',
      `## ${document}`,
      '',
      '| statement | in the record | measured by | the test that breaks it |',
      '|---|---|---|---|',
      ...lines
        .filter((line) => line.document === document)
        .map(({ says, path, by, brokenBy }) => `| ${says} | \`${path}\` | ${by.map((one) => `\`${one}\``).join(', ')} | ${brokenBy} |`),
    ]),
    '',
  ].join('\n')
}
