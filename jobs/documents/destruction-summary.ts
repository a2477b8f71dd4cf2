/** What the news of an environment's end tell of its destruction record (R42). */
import { type DestructionRecordData, toldLate } from '../../src/documents/index.js'

/** What the messages tell of it: numbers and days, no names. */
export function summaryOf({
  gone,
  archived,
  kept,
  aside,
  legacyDump,
  backups,
  notices,
}: DestructionRecordData): Record<string, string | number> {
  const dump = legacyDump?.value
  const documents = kept.value.length + archived.value.filter(({ number }) => !number?.startsWith('AX-')).length
  return {
    databases: gone.databases.value.length,
    roles: gone.roles.value.length,
    secrets: gone.secrets.value.length,
    files: gone.files.value.length,
    documents,
    aside: aside.value.length,
    late: toldLate({ notices }).length,
    ...(dump ? { dump: dump.policy, dumpFiles: dump.files.length, ...dumpCounts(dump.files) } : {}),
    backups: backups.value.declared.length,
    backupsUntil:
      backups.value.declared
        .map(({ until }) => until)
        .sort()
        .at(-1) ?? '',
    undeclared: backups.value.undeclared.length,
  }
}

function dumpCounts(files: NonNullable<DestructionRecordData['legacyDump']>['value']['files']) {
  const of = (found: (typeof files)[number]['found']) => files.filter((file) => file.found === found).length
  return { dumpThere: of('there'), dumpRemoved: of('removed'), dumpUnknown: of('not-looked-for') }
}
