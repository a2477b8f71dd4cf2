// Prints what a PDF's pages say, as JSON: { pages: [text], attachments: { name: text } }. A program of its own, since pdf.js is an ES module and jest loads CommonJS.
import { readFileSync } from 'node:fs'
import { extractText, getDocumentProxy } from 'unpdf'

const pdf = await getDocumentProxy(new Uint8Array(readFileSync(process.argv[2])))
const { text } = await extractText(pdf, { mergePages: false })
const contents = Object.entries((await pdf.getAttachments()) ?? {}).map(([name, { content }]) => [
  name,
  Buffer.from(content).toString('utf8'),
])
process.stdout.write(JSON.stringify({ pages: text, attachments: Object.fromEntries(contents) }))
