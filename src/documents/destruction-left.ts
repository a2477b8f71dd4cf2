/** What was looked for of an environment, one by one, and what may still hold it: the tables of the destruction record (R42). */
import { dated, productUtc } from './clocks.js'
import { resultCell } from './conclusion.js'
import { type Block, count, fixed, utc } from './paper.js'
import { bytes } from './parts.js'
import type { DestructionRecordData } from './types.js'

type Gone = DestructionRecordData['gone']

/** A table each for databases, roles, secrets and files: everything by its name. */
export function goneBlocks(data: DestructionRecordData): Block[] {
  const { databases, roles, secrets, files } = data.gone
  return [
    { block: 'heading', text: `Databases, looked for on the server at ${productUtc(databases.at, data)}` },
    lookedTable(databases.value, 'No database was ever made for it, so that there was none to look for.'),
    { block: 'heading', text: `Roles and logins, looked for on the server at ${productUtc(roles.at, data)}` },
    lookedTable(roles.value, 'No database was ever made for it, and so no role.'),
    { block: 'heading', text: `Sealed secrets, looked for in Slipway’s own database at ${productUtc(secrets.at, data)}` },
    lookedTable(secrets.value, 'No database was ever made for it, and so no secret.'),
    { block: 'heading', text: `Files beside the documents, looked for in the documents folder at ${productUtc(files.at, data)}` },
    lookedTable(files.value, 'No file that jobs wrote for it was found, neither before the destruction nor after it.'),
  ]
}

function lookedTable(lines: Gone['databases']['value'], none: string): Block {
  return {
    block: 'table',
    columns: [
      { title: 'What', share: 26 },
      { title: 'Name', share: 42 },
      { title: 'Instance', share: 20 },
      { title: 'Result', share: 12 },
    ],
    rows: lines.map(({ what, name, instance, result }) => [what, fixed(name), instance, resultCell(result)]),
    none,
  }
}

/** The customer's legacy dump: what policy says of it, and what lies in the intake folder. Nothing where it does not concern the environment. */
export function dumpBlocks(data: DestructionRecordData): Block[] {
  const { legacyDump } = data
  if (!legacyDump) return []
  const { policy, version, files } = legacyDump.value
  const text =
    policy === 'keep'
      ? `The customer’s own files are kept where they were handed over (policy version ${version}: this teardown destroys none of them).`
      : `Policy version ${version} destroys the customer’s files after the go-live; it was announced with this teardown.`
  return [
    { block: 'heading', text: `The legacy dump in the intake folder, looked for at ${productUtc(legacyDump.at, data)}` },
    { block: 'text', text },
    {
      block: 'table',
      columns: [
        { title: 'File', share: 26 },
        { title: 'Size', share: 16 },
        { title: 'SHA-256 as registered', share: 42 },
        { title: 'Now', share: 16 },
      ],
      rows: files.map(({ name, bytes: size, sha256, there }) => [name, bytes(size), fixed(sha256), there ? 'there' : 'not there']),
      none: 'No file was registered.',
    },
  ]
}

/** A server by its key, or what Slipway itself keeps. */
function placeOf(server: string): string {
  return server === 'slipway' ? 'Slipway’s own database and folders' : `the server ${server}`
}

/** Backups and snapshots: the operator's as declared, Slipway's own from its operations. */
export function holdingBlocks(data: DestructionRecordData): Block[] {
  const { backups, ownBackups } = data
  const { policy, declared, undeclared } = backups.value
  return [
    { block: 'heading', text: `The operator’s backups, as declared in policy version ${policy}` },
    {
      block: 'table',
      columns: [
        { title: 'Of', share: 16 },
        { title: 'What', share: 26 },
        { title: 'Where', share: 26 },
        { title: 'Kept', share: 12 },
        { title: dated('Gone after (UTC)', data), share: 20 },
      ],
      rows: declared.map(({ server, what, where, keptDays, until }) => [
        placeOf(server),
        what,
        where,
        `${count(keptDays)} days`,
        utc(until),
      ]),
      none: 'None was declared.',
    },
    ...undeclared.map(
      (server): Block => ({
        block: 'text',
        text: `Nobody declared backups or snapshots of ${placeOf(server)}: whether there is one that still holds something of the environment, and until when, is not known.`,
      }),
    ),
    { block: 'heading', text: 'Slipway’s own backups and snapshots' },
    {
      block: 'text',
      text: `Slipway’s operations on it were: ${ownBackups.value.join(', ') || 'none'}. None of them takes a backup or a snapshot.`,
    },
  ]
}
