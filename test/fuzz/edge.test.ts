/** The fuzzers in small; `npm run fuzz` and `npm run attack` play them in full. */
import { edge } from './edge.js'

const runs = Number(process.env['FUZZ_RUNS'] ?? 1_000)

test.each(edge)('never a fault, never long: $name', ({ run }) => run(runs), 600_000)
