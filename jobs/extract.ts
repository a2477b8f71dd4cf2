/** G2: the configuration of the agreed source instance as a report, its checksum on record (R19, R28). */
import { issueConfigurationReport } from './documents/configuration-report.js'
import { signed } from './documents/issue.js'
import { instanceIn, type Job } from './job.js'
import { measurementOf } from './measurement.js'

export const extract: Job = {
  name: 'extract',
  retry: { attempts: 4, backoffMs: 2_000 },
  plan: async () => [],
  steps: [
    {
      name: 'report',
      title: 'Report the configuration',
      for: 'main',
      async do(context) {
        const document = await issueConfigurationReport(context, instanceIn(context))
        return {
          result: signed(document),
          effects: [document.effect, measurementOf(context, document.inventory, { purpose: 'extract', document })],
        }
      },
    },
  ],
}
