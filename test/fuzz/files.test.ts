/** The short form; `npm run fuzz -- 100000` is the long one. */
import { fileFuzzers } from './files.js'

test.each(fileFuzzers.map((fuzzer) => [fuzzer.name, fuzzer] as const))('a customer’s %s can do no harm', async (_, { run }) => {
  await run(1_000)
})
