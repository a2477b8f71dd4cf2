/** The clinic product, and ways to bend a copy of it for tests. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clinicDir, loadProduct, type Product } from '../../src/product/index.js'

export const clinic = loadProduct(clinicDir)

/** The clinic with its definition changed in memory, unchecked. */
export function bent(change: (definition: Product['definition']) => void): Product {
  const definition = structuredClone(clinic.definition)
  change(definition)
  return { ...clinic, definition }
}

/** Runs `use` on a copy of the clinic's folder in which `file` was edited. */
export function withEdited<T>(file: string, edit: (text: string) => string, use: (dir: string) => T): T {
  const dir = mkdtempSync(join(tmpdir(), 'slipway-product-'))
  try {
    cpSync(clinicDir, dir, { recursive: true })
    const path = join(dir, file)
    const text = readFileSync(path, 'utf8')
    const edited = edit(text)
    if (edited === text) throw new Error(`the edit of ${file} changed nothing`)
    writeFileSync(path, edited)
    return use(dir)
  } finally {
    rmSync(dir, { recursive: true })
  }
}
