/** `npm run evidence`: writes docs/evidence.md anew. */
import { writeFileSync } from 'node:fs'
import { evidencePage } from '../../src/documents/evidence.js'

writeFileSync('docs/evidence.md', evidencePage())
