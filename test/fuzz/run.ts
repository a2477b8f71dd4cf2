/** `npm run fuzz -- [inputs] [word]`: every fuzzer (whose name holds the word) with so many inputs, 100,000 unless told; one line each with its seconds. */
import { edge } from './edge.js'
import { fileFuzzers } from './files.js'

async function all(runs: number, word: string): Promise<void> {
  for (const { name, run } of [...fileFuzzers, ...edge].filter((one) => one.name.includes(word))) {
    const began = performance.now()
    await run(runs)
    process.stdout.write(`${name}: ${runs} inputs, ${((performance.now() - began) / 1000).toFixed(1)} s\n`)
  }
}

all(Number(process.argv[2] ?? 100_000), process.argv[3] ?? '').catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
