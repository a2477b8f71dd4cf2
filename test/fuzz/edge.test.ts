/** The fuzzers in small; `FUZZ_RUNS=100000` plays them in full, as `npm run attack` does. */
import { edge } from './edge.js'

const runs = Number(process.env['FUZZ_RUNS'] ?? 1_000)

test.each(edge)('never a fault, never long: $name', ({ run }) => run(runs), 600_000)
