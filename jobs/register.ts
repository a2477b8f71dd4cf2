/** Reads the customer's intake folder: names, sizes and checksums become the registered files (R33). */
import { intake, intakeFolder } from '../src/migration/index.js'
import { type Job, must, StepRefused } from './job.js'

export const register: Job = {
  name: 'register',
  retry: { attempts: 3, backoffMs: 1_000 },
  plan: async () => [],
  steps: [
    {
      name: 'read-files',
      title: 'Read sizes and checksums',
      for: 'once',
      async do(context) {
        const folder = must(intakeFolder(context.intakeDir, context.situation.customer?.slug ?? ''), 'the intake folder')
        const found = await intake(folder, context.progress.signal)
        if (!found.ok) throw new StepRefused(found.refusal.rule, found.refusal.code, found.refusal.text)
        const files = found.files.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 }))
        if (files.length === 0) throw new StepRefused('R33', 'intake-empty', 'The intake folder is empty; the files are handed over there.')
        return { result: { files, bytes: files.reduce((sum, f) => sum + f.bytes, 0) }, effects: [{ do: 'set-files', files }] }
      },
    },
  ],
}
