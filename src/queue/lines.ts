/** A file's lines read from either end, a part of it at a time: however long the file is, what lies in memory is a line. */
import type { FileHandle } from 'node:fs/promises'

const part = 65_536
const newline = 10
/** Longer lines than this, in bytes, are nobody's: what was read of one is handed out as it is, and nothing after it. */
const longest = 64 * 1024 * 1024

/** Where the last whole line ends, in bytes from the file's beginning; 0 where there is none. */
export async function endOfLines(handle: FileHandle): Promise<number> {
  let at = (await handle.stat()).size
  while (at > 0) {
    const from = Math.max(0, at - part)
    const cut = (await bytesOf(handle, from, at)).lastIndexOf(newline)
    if (cut !== -1) return from + cut + 1
    at = from
  }
  return 0
}

/** The lines before `end` (as `endOfLines` says it), without their ends, the last one first. */
export async function* linesFromEnd(handle: FileHandle, end: number): AsyncGenerator<Buffer> {
  if (end === 0) return
  let held: Buffer[] = []
  let at = end - 1
  let ends = at
  while (at > 0 && ends - at < longest) {
    const from = Math.max(0, at - part)
    let bytes = await bytesOf(handle, from, at)
    for (let cut = bytes.lastIndexOf(newline); cut !== -1; cut = bytes.lastIndexOf(newline)) {
      yield Buffer.concat([bytes.subarray(cut + 1), ...held])
      held = []
      ends = from + cut
      bytes = bytes.subarray(0, cut)
    }
    held.unshift(bytes)
    at = from
  }
  yield Buffer.concat(held)
}

/** The whole lines, without their ends, from the first on. What stands behind the last line's end is none. */
export async function* linesFromStart(handle: FileHandle): AsyncGenerator<Buffer> {
  let held: Buffer[] = []
  let begin = 0
  for (let at = 0; at - begin < longest; ) {
    let bytes = await bytesOf(handle, at, at + part)
    if (bytes.length === 0) return
    for (let cut = bytes.indexOf(newline); cut !== -1; cut = bytes.indexOf(newline)) {
      yield Buffer.concat([...held, bytes.subarray(0, cut)])
      held = []
      at += cut + 1
      begin = at
      bytes = bytes.subarray(cut + 1)
    }
    held.push(bytes)
    at += bytes.length
  }
  yield Buffer.concat(held)
}

async function bytesOf(handle: FileHandle, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.alloc(to - from)
  let filled = 0
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, from + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}
