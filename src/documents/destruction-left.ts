/** What was looked for of an environment, one by one, and what may still hold it: the tables of the destruction record (R42). */
import { dated, productUtc } from './clocks.js'
import { resultCell } from './conclusion.js'
import { type Block, type Cell, count, fixed, utc } from './paper.js'
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
    ...asideBlocks(data),
  ]
}

/** Nothing where nothing was moved. */
function asideBlocks(data: DestructionRecordData): Block[] {
  const { value, at } = data.aside
  if (value.length === 0) return []
  return [
    { block: 'heading', text: `Moved aside, found there at ${productUtc(at, data)}` },
    {
      block: 'text',
      text: 'No document on record names these files. They may have been issued before Slipway’s register was restored: they were not destroyed, and lie in the folder not-recorded of the customer’s documents.',
    },
    {
      block: 'table',
      columns: [
        { title: 'Name', share: 64 },
        { title: 'About', share: 36 },
      ],
      rows: value.map(({ name, instance }) => [fixed(name), instance]),
      none: 'None.',
    },
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

type Found = NonNullable<DestructionRecordData['legacyDump']>['value']['files'][number]['found']

const FOUND: Record<Found, Cell> = {
  there: 'there',
  removed: 'removed by this teardown',
  'not-found': 'was not found',
  'not-looked-for': { text: 'not looked for: the folder is not there', tone: 'caution' },
}

/** The customer's legacy dump: what policy says of it, and what lies in the intake folder. Nothing where it does not concern the environment. */
export function dumpBlocks(data: DestructionRecordData): Block[] {
  const { legacyDump } = data
  if (!legacyDump) return []
  const { policy, version, files } = legacyDump.value
  const by = version === null ? 'the policy of then, whose version was not recorded' : `policy version ${version}`
  const text =
    policy === 'keep'
      ? `The customer’s own files are kept where they were handed over (${by}: this teardown destroys none of them).`
      : `${by} destroys the customer’s files after the go-live; it was announced with this teardown. What is told as removed was read before, byte for byte, and was what was registered; what was not found was not removed by the attempt that ended this step, and where it is now is not known.`
  return [
    { block: 'heading', text: `The legacy dump in the intake folder, looked for by name at ${productUtc(legacyDump.at, data)}` },
    { block: 'text', text },
    {
      block: 'table',
      columns: [
        { title: 'File', share: 26 },
        { title: 'Size', share: 16 },
        { title: 'SHA-256 as registered', share: 42 },
        { title: 'Now', share: 16 },
      ],
      rows: files.map(({ name, bytes: size, sha256, found }) => [name, bytes(size), fixed(sha256), FOUND[found]]),
      none: 'No file was registered.',
    },
  ]
}

/** A server by its key, or what Slipway itself keeps. */
function placeOf(server: string): string {
  return server === 'slipway' ? 'Slipway’s own database and folders' : `the server ${server}`
}

function taking(operations: DestructionRecordData['ownBackups']['value']): string {
  const those = operations.filter(({ backup }) => backup).map(({ operation }) => operation)
  return those.length === 0 ? 'None of them takes a backup or a snapshot.' : `A backup or a snapshot is taken by: ${those.join(', ')}.`
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
      text: `Slipway’s operations on it were: ${ownBackups.value.map(({ operation }) => operation).join(', ') || 'none'}. ${taking(ownBackups.value)}`,
    },
  ]
}
