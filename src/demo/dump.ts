/** Writes the legacy dump of an invented clinic: several files, several encodings, and as dirty as such dumps are. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import { Chance } from './dump-people.js'
import { specificationText } from './dump-specification.js'
import * as tables from './dump-tables.js'

export interface LegacyDump {
  /** Rows of volunteers.csv. */
  volunteers?: number
  /** The same seed writes the same bytes. */
  seed?: number
  /** ISO date: appointments lie around it, birth dates well before. */
  today?: string
  /** 1 has gaps (codes, a second date format, repair of damaged text) that 2 fills. */
  specificationVersion?: 1 | 2
  /** Code of a custom field that keeps the legacy number, if the configuration has one. */
  customField?: string
  /** Leaves this column out of volunteers.csv, while the specification still asks for it. */
  missingColumn?: string
}

interface Style {
  delimiter: string
  encoding: string
}

const comma: Style = { delimiter: ',', encoding: 'utf8' }

/** Writes the dump and its `specification.yaml` into `folder`. */
export async function writeLegacyDump(folder: string, options: LegacyDump = {}): Promise<void> {
  const { volunteers = 2400, seed = 1, today = '2026-06-30', specificationVersion = 1, customField, missingColumn } = options
  const chance = new Chance(seed)
  const base = tables.legacyBase(chance, volunteers, today)
  const main = without(tables.volunteers(chance, base), missingColumn)
  const windows = { delimiter: ';', encoding: 'windows-1252' }
  await mkdir(folder, { recursive: true })
  const write = (table: tables.Table, style: Style) => writeFile(join(folder, table.name), bytesOf(table, style))

  await writeFile(join(folder, main.name), dirtyBytes(chance, main, windows))
  await write(tables.contacts(chance, base), windows)
  for (const table of [...tables.conditions(chance, base), ...tables.studies(chance, base)]) await write(table, comma)
  await write(tables.medications(chance, base), { delimiter: '\t', encoding: 'utf8' })
  await write(tables.substanceUse(chance, base), { delimiter: ';', encoding: 'latin1' })
  await write(tables.appointments(chance, base), comma)
  const text = specificationText({ version: specificationVersion, ...(customField ? { customField } : {}) })
  await writeFile(join(folder, 'specification.yaml'), text)
}

function without(table: tables.Table, column: string | undefined): tables.Table {
  const at = column === undefined ? -1 : table.header.indexOf(column)
  if (at < 0) return table
  const cut = (row: string[]) => row.filter((_, place) => place !== at)
  return { ...table, header: cut(table.header), rows: table.rows.map(cut) }
}

function bytesOf({ header, rows }: tables.Table, style: Style): Buffer {
  return Buffer.concat([header, ...rows].map((row) => lineBytes(row, style)))
}

/** Rows pasted in from another system: UTF-8 in a Windows-1252 file, a delimiter too many, a quotation mark in the wrong place. */
function dirtyBytes(chance: Chance, { header, rows }: tables.Table, style: Style): Buffer {
  const lines = rows.map((row) => {
    if (chance.once(0.006)) return lineBytes(row, { ...style, encoding: 'utf8' })
    if (chance.once(0.002)) return lineBytes([...row, ''], style)
    if (chance.once(0.001))
      return iconv.encode(
        `${row[0]}${style.delimiter}"${row[1]}" jr${style.delimiter}${row.slice(2, -1).join(style.delimiter)}${style.delimiter}\r\n`,
        style.encoding,
      )
    return lineBytes(row, style)
  })
  return Buffer.concat([lineBytes(header, style), ...lines])
}

function lineBytes(row: string[], { delimiter, encoding }: Style): Buffer {
  const quoted = row.map((cell) => (/["\r\n]/.test(cell) || cell.includes(delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell))
  return iconv.encode(`${quoted.join(delimiter)}\r\n`, encoding)
}
