// Copies what `tsc` does not emit into dist/, or the folder named: the clinic product, SQL migrations and the workspace's page.
import { cpSync, existsSync } from 'node:fs'

const out = process.argv[2] ?? 'dist'

for (const folder of ['src/product/clinic', 'src/db/migrations', 'src/workspace/web', 'src/demo/files']) {
  if (existsSync(folder)) cpSync(folder, `${out}/${folder}`, { recursive: true, filter: (file) => !file.endsWith('.ts') })
}
