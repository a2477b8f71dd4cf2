/** The record of all that is configured in one instance (R19). `everything` and `mustMatch` are Merkle roots, as the product room makes them. */
import { z } from 'zod'
import { measured } from '../measured.js'
import { environment, head, instance, rows, sha256 } from './parts.js'

export const configurationReportSchema = z.strictObject({
  kind: z.literal('configuration-report'),
  ...head,
  environment,
  instance,
  version: measured(z.string(), ['inventory'], { says: 'The version that is installed', brokenBy: '' }),
  fingerprint: measured(sha256, ['inventory'], { says: 'The fingerprint of the database schema', brokenBy: '' }),
  everything: measured(sha256, ['inventory'], { says: 'The checksum of the whole configuration', brokenBy: '' }),
  mustMatch: measured(sha256, ['inventory'], { says: 'The checksum of what must match', brokenBy: '' }),
  elements: measured(z.array(z.strictObject({ element: z.string(), title: z.string(), rows, sha256 })), ['inventory'], {
    says: 'Rows and checksum of each element',
    brokenBy: '',
  }),
  content: measured(
    z.array(z.strictObject({ element: z.string(), title: z.string(), rows: z.array(z.record(z.string(), z.string().nullable())) })),
    ['inventory'],
    { says: 'The configuration, row by row', brokenBy: '' },
  ),
})
