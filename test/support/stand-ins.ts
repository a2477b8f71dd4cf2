/**
 * What the floor puts in place of the two tools that cost seconds: the migration program without its process, and a document without its
 * drawing. That both come to the same is proven where the real ones are tested (test/migration/apart.test.ts, test/documents).
 */
import type { Tools } from '../../jobs/job.js'
import { canonical, sha256 } from '../../src/documents/canonical.js'
import { documentSchema } from '../../src/documents/types.js'
import { type ApartRun, MigrationRefused, type MigrationRun, readSpecification, runMigration } from '../../src/migration/index.js'

/** `runApart` in this process; without its limits, which are those of a process. */
export const runHere: Tools['runApart'] = async ({ limits: _, signal, ...options }) => {
  try {
    const read = await readSpecification(options.folder, options.registered)
    if (!read.ok) return read
    const started = await runMigration({ ...options, specification: read.file, ...(signal ? { signal } : {}) })
    return started.ok ? { ok: true, run: endless(started.run) } : started
  } catch (error) {
    if (error instanceof MigrationRefused) return { ok: false, refusal: error.refusal }
    throw error
  }
}

function endless(run: MigrationRun): ApartRun {
  return {
    tables: () => run.tables(),
    reconciliation: () => run.reconciliation(),
    leakScan: (table) => run.leakScan(table),
    testVolunteers: () => run.testVolunteers(),
    end: async () => undefined,
  }
}

/** The record as it is, and for its PDF one that has no page. */
export const recordOnly: Tools['renderDocument'] = async (data) => {
  const json = canonical(documentSchema.parse(data))
  return { pdf: Buffer.from('%PDF-1.7\n%%EOF\n'), json, sha256: sha256(json) }
}
