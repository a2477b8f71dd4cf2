/** The release certificate: for each version, what a fresh instance with the base configuration must come to. Ground of Pre-PROD's baseline (R22, R24). */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Product } from './load.js'

const certificate = z.record(z.string(), z.strictObject({ configuration: z.string().regex(/^[0-9a-f]{64}$/) }))

/** The must-match checksum (hex SHA-256) of a version's base configuration, as its release certificate states it. Throws where the product folder has no certificate for the version. */
export function releaseConfiguration(product: Product, version: string): string {
  const file = join(product.dir, 'releases.yaml')
  const known = existsSync(file) ? certificate.parse(parse(readFileSync(file, 'utf8'))) : {}
  const release = known[version]
  if (!release) throw new Error(`reading the release certificate of ${version}: ${file} has none`)
  return release.configuration
}
