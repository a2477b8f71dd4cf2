/** Documents name people and are evidence: nobody else on the machine reads them, and no half of one lies about. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { archiveAudit, writeDocument } from '../../jobs/documents/issue.js'
import type { StepContext } from '../../jobs/job.js'
import { renderDocument } from '../../src/documents/index.js'
import { configuration } from '../documents/samples.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-issue-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const context = () =>
  ({
    renderDocument,
    documentsDir: join(folder, 'documents'),
    situation: { customer: { slug: 'acme' } },
    environment: { name: 'acme-prod' },
    operation: { id: 'o1' },
    now: new Date('2026-03-02T09:00:00Z'),
    moment: () => new Date('2026-03-02T09:00:01Z'),
    auditExtract: async () => [{ who: 'U_PM' }],
  }) as unknown as StepContext

const mode = (path: string) => statSync(path).mode & 0o777

test('documents and archives are readable by their owner and group, and their folders are closed to others', async () => {
  const { file } = await writeDocument(context(), configuration, 'CR-ACME-r1')
  const archived = await archiveAudit(context())
  const documents = join(folder, 'documents')
  const names = readdirSync(join(documents, 'acme'))
  expect(names).toHaveLength(3)
  for (const name of names) expect([name, mode(join(documents, 'acme', name)) & 0o027]).toEqual([name, 0])
  expect(mode(join(documents, file)) & 0o600).toBe(0o600)
  expect(archived.file).toBe('acme/AX-ACME-PROD.json')
  for (const path of [documents, join(documents, 'acme')]) expect([path, mode(path) & 0o027]).toEqual([path, 0])
})

test('what cannot be put in its place leaves nothing behind', async () => {
  const context_ = context()
  // A folder in the file's place: the writing goes well, the renaming does not.
  mkdirSync(join(context_.documentsDir, 'acme', 'AX-ACME-PROD.json', 'in-the-way'), { recursive: true })
  chmodSync(context_.documentsDir, 0o750)
  await expect(archiveAudit(context_)).rejects.toThrow('writing')
  expect(readdirSync(join(context_.documentsDir, 'acme'))).toEqual(['AX-ACME-PROD.json'])
})
