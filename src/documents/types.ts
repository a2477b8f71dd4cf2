/** What a document is made of, inferred from the schemas: facts handed in by the jobs, each with what measured it and when (UTC). */
import { z } from 'zod'
import { configurationReportSchema } from './schema/configuration-report.js'
import { destructionRecordSchema } from './schema/destruction-record.js'
import { iqSchema } from './schema/iq.js'
import type { attachment, documentHead, environment, instance, person } from './schema/parts.js'
import { reconciliationReportSchema } from './schema/reconciliation-report.js'

/** The schemas of all records, by their `kind`. */
export const documentSchema = z.discriminatedUnion('kind', [
  iqSchema,
  configurationReportSchema,
  reconciliationReportSchema,
  destructionRecordSchema,
])

export type DocumentData = z.infer<typeof documentSchema>
export type IqData = z.infer<typeof iqSchema>
export type IqCheck = IqData['checks']['value'][number]
export type ConfigurationReportData = z.infer<typeof configurationReportSchema>
export type ReconciliationReportData = z.infer<typeof reconciliationReportSchema>
export type EntityBalance = ReconciliationReportData['entities']['value'][number]
export type DestructionRecordData = z.infer<typeof destructionRecordSchema>
export type DocumentHead = z.infer<typeof documentHead>
export type EnvironmentFacts = z.infer<typeof environment>
export type InstanceFacts = z.infer<typeof instance>
export type PersonFacts = z.infer<typeof person>
export type Attachment = z.infer<typeof attachment>
