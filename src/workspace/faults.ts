/** A failure ordered by a test: what the next call of a method answers. */
export interface Fault {
  /** Absent: whatever is called next. */
  method?: string | undefined
  /** Absent: the connection is closed without an answer. */
  status?: number | undefined
  retryAfter?: number | undefined
  /** The method does its work first. */
  afterEffect?: boolean | undefined
  /** With status 200: the error of an `ok: false` answer. */
  error?: string | undefined
}

/** Ordered failures, each used once, first come first served. */
export class Faults {
  private waiting: Fault[] = []

  order(fault: Fault): void {
    this.waiting.push(fault)
  }

  /** Takes the first that fits the method. */
  take(method: string): Fault | undefined {
    const index = this.waiting.findIndex((fault) => fault.method === undefined || fault.method === method)
    return index < 0 ? undefined : this.waiting.splice(index, 1)[0]
  }

  clear(): void {
    this.waiting = []
  }
}
