// Copies what `tsc` does not emit into dist/: the clinic product, SQL migrations and the workspace's page.
import { cpSync, existsSync } from 'node:fs'

for (const folder of ['src/product/clinic', 'src/db/migrations', 'src/workspace/web', 'src/demo/files']) {
  if (existsSync(folder)) cpSync(folder, `dist/${folder}`, { recursive: true, filter: (file) => !file.endsWith('.ts') })
}
