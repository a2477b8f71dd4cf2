/** Reads a product folder: `product.yaml`, `checks.yaml`, the schema files of every version and the headers of the content files. */

import { hash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { z } from 'zod'
import { contentFiles } from './content.js'
import { crossCheck } from './cross-check.js'
import { type Check, checks, type Definition, definition } from './definition.js'

/** One schema file, named as the version's folder and the file: `24.1/001_foundation.sql`. */
export interface SchemaFile {
  name: string
  sql: string
  sha256: string
}

/** A product that has passed every check. `schema` holds each version's own files. */
export interface Product {
  dir: string
  definition: Definition
  checks: readonly Check[]
  schema: Readonly<Record<string, readonly SchemaFile[]>>
}

/** Something wrong in a product folder: which file, which key in it, and what. */
export interface Finding {
  file: string
  key: string
  message: string
}

/** Thrown with everything that is wrong, so that one reading is enough to mend it. */
export class ProductError extends Error {
  constructor(
    readonly dir: string,
    readonly findings: readonly Finding[],
  ) {
    super(`The product in ${dir} is not usable:\n${findings.map(describe).join('\n')}`)
    this.name = 'ProductError'
  }
}

/** The product in a folder, or a `ProductError` that lists all findings. */
export function loadProduct(dir: string): Product {
  const { product, findings } = read(dir)
  if (!product || findings.length > 0) throw new ProductError(dir, findings)
  return product
}

/** Everything that is wrong in a product folder: for `slipway product check`. */
export function checkProduct(dir: string): Finding[] {
  return read(dir).findings
}

/** The newest version. */
export function latestVersion({ definition: { versions } }: Product): string {
  return versions.at(-1) as string
}

/** The schema files that make an empty database into `version`, in order. */
export function schemaFiles(product: Product, version: string): SchemaFile[] {
  const { versions } = product.definition
  const at = versions.indexOf(version)
  if (at < 0) throw new Error(`version ${version} is not one of ${versions.join(', ')}`)
  return versions.slice(0, at + 1).flatMap((each) => [...(product.schema[each] ?? [])])
}

/** The schema files that bring an instance from one version to a later one (R27). */
export function upgradeFiles(product: Product, from: string, to: string): SchemaFile[] {
  const done = new Set(schemaFiles(product, from).map((file) => file.name))
  const chain = schemaFiles(product, to)
  if (chain.length < done.size) throw new Error(`${to} is older than ${from}: there is no way back`)
  return chain.filter((file) => !done.has(file.name))
}

function read(dir: string): { product?: Product; findings: Finding[] } {
  const findings: Finding[] = []
  const parsed = readYaml(dir, 'product.yaml', definition, findings)
  const parsedChecks = readYaml(dir, 'checks.yaml', checks, findings)
  if (!parsed || !parsedChecks) return { findings }
  const product = { dir, definition: parsed, checks: parsedChecks, schema: readSchema(dir, parsed.versions, findings) }
  findings.push(...crossCheck(product), ...contentFiles(product).findings)
  return { product, findings }
}

function readYaml<T>(dir: string, file: string, schema: z.ZodType<T>, findings: Finding[]): T | undefined {
  const path = join(dir, file)
  if (!existsSync(path)) {
    findings.push({ file, key: '', message: 'the file is missing' })
    return undefined
  }
  let content: unknown
  try {
    content = parse(readFileSync(path, 'utf8'))
  } catch (error) {
    // Broken YAML is the author's mistake, to be reported with the others.
    findings.push({ file, key: '', message: error instanceof Error ? error.message : String(error) })
    return undefined
  }
  const result = schema.safeParse(content)
  if (result.success) return result.data
  findings.push(...result.error.issues.map((issue) => ({ file, key: issue.path.join('.'), message: issue.message })))
  return undefined
}

function readSchema(dir: string, versions: readonly string[], findings: Finding[]): Record<string, SchemaFile[]> {
  const root = join(dir, 'versions')
  const folders = existsSync(root) ? readdirSync(root).filter((each) => statSync(join(root, each)).isDirectory()) : []
  for (const folder of folders.filter((each) => !versions.includes(each))) {
    findings.push({ file: `versions/${folder}`, key: '', message: 'a folder for a version that product.yaml does not list' })
  }
  return Object.fromEntries(
    versions.map((version) => {
      const files = folders.includes(version) ? readdirSync(join(root, version)).filter((each) => each.endsWith('.sql')) : []
      if (files.length === 0) findings.push({ file: `versions/${version}`, key: '', message: 'no .sql file: this version cannot be made' })
      return [version, files.sort().map((file) => schemaFile(root, version, file))]
    }),
  )
}

function schemaFile(root: string, version: string, file: string): SchemaFile {
  const sql = readFileSync(join(root, version, file), 'utf8')
  return { name: `${version}/${file}`, sql, sha256: hash('sha256', sql) }
}

function describe({ file, key, message }: Finding): string {
  return key === '' ? `- ${file}: ${message}` : `- ${file}, ${key}: ${message}`
}
