/** Measures lines as they pass, so that one without an end is told after the first million characters of it, and nothing of it is kept. */
import { recordLength } from './limits.js'

export class LineGuard {
  /** The line that is being read, counted from 1. */
  line = 1
  #length = 0
  #returned = false

  /** False: a line is longer than a million characters; `line` says which. */
  fits(text: string): boolean {
    let from = 0
    const breaks = /\r\n|\r|\n/g
    for (let found = breaks.exec(text); found; found = breaks.exec(text)) {
      this.#length += found.index - from
      if (this.#length > recordLength) return false
      // A line's end may be parted by the pieces' end.
      const rest = found.index === 0 && found[0] === '\n' && this.#returned
      if (!rest) this.line += 1
      this.#length = 0
      from = breaks.lastIndex
    }
    if (text !== '') this.#returned = text.endsWith('\r')
    this.#length += text.length - from
    return this.#length <= recordLength
  }
}
