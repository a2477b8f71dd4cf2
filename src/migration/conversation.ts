/** The parent's side of the process that reads a customer's files: its limits are kept here, by whoever does not read them. */
import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { type ProcessLimits, processLimits } from './limits.js'
import type { Answer, Question, SignOfLife } from './messages.js'
import { type MigrationRefusal, MigrationRefused } from './refusal.js'

const tickMs = 250
const keptOfStderr = 4_000

/** Sources run as they are only in tests. */
const asSource = extname(__filename) === '.ts' ? ['-r', join(__dirname, '../../test/support/register.cjs')] : []

export interface Bounds {
  limits?: Partial<ProcessLimits> | undefined
  signal?: AbortSignal | undefined
}

interface Waiting {
  resolve(answer: Answer): void
  reject(error: unknown): void
}

/**
 * Starts the process, with an empty environment, and puts questions to it. What it says no to, and limits that it goes beyond, reject as
 * `MigrationRefused`; that it crashed, as a fault. `end` is to be called in any case.
 */
export class Conversation {
  readonly #child: ChildProcess
  readonly #limits: ProcessLimits
  readonly #gone: Promise<void>
  readonly #signal: AbortSignal | undefined
  readonly #timer: NodeJS.Timeout
  #waiting: Waiting | undefined
  #over: unknown
  #broken: Error | undefined
  #errors = ''
  #file = 'specification.yaml'
  #silentMs = 0
  #workedMs = 0
  #ticked = Date.now()

  constructor({ limits, signal }: Bounds) {
    this.#limits = { ...processLimits, ...limits }
    this.#signal = signal
    this.#child = fork(join(__dirname, `child${extname(__filename)}`), [], {
      env: {},
      execArgv: [...asSource, `--max-old-space-size=${this.#limits.heapMb}`],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-keptOfStderr)
    })
    this.#child.on('message', (message: Answer | SignOfLife) => this.#hear(message))
    this.#child.on('error', (error) => {
      this.#broken = error
      // A question that could not be sent is answered by the end of the process, if there ever was one.
      if (this.#child.pid === undefined) this.#stop(this.#causeOf(null, null))
    })
    this.#gone = new Promise((resolve) => {
      this.#child.once('close', (code, ended) => {
        this.#stop(this.#causeOf(code, ended))
        resolve()
      })
    })
    this.#timer = setInterval(() => this.#tick(), tickMs)
    signal?.addEventListener('abort', this.#halt)
    if (signal?.aborted) this.#halt()
  }

  /** Asks one question; one at a time. */
  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#over !== undefined) return reject(this.#over)
      if (this.#waiting) return reject(new Error('asking the migration process: it has not answered yet'))
      this.#waiting = { resolve, reject }
      this.#child.send(question)
    })
  }

  /** Ends the process and waits until it is gone. */
  async end(): Promise<void> {
    this.#stop(new Error('asking the migration process: it was ended'))
    await this.#gone
  }

  readonly #halt = () => this.#stop(this.#signal?.reason)

  #hear(message: Answer | SignOfLife): void {
    this.#silentMs = 0
    if ('alive' in message) {
      this.#file = message.file ?? this.#file
      this.#weigh(message.rss)
      return
    }
    const waiting = this.#waiting
    this.#waiting = undefined
    if (message.tell === 'refused') waiting?.reject(new MigrationRefused(message.refusal))
    else if (message.tell === 'fault') waiting?.reject(faultOf(message))
    else waiting?.resolve(message)
  }

  /** Time counts by ticks, so that a pause of this process, or of the whole machine, is not laid at the child's door. */
  #tick(): void {
    const passed = Math.min(Date.now() - this.#ticked, 2 * tickMs)
    this.#ticked = Date.now()
    this.#silentMs += passed
    if (this.#waiting) this.#workedMs += passed
    const { silenceMs, workMs } = this.#limits
    if (this.#waiting && this.#silentMs > silenceMs)
      this.#stop(this.#refused('limit-time', `one row or rule took more than ${silenceMs / 1000} s`))
    if (this.#workedMs > workMs) this.#stop(this.#refused('limit-time', `the run took more than ${workMs / 60_000} min`))
    this.#weigh(residentBytes(this.#child.pid))
  }

  #weigh(bytes: number): void {
    const { rssMb } = this.#limits
    if (bytes > rssMb * 2 ** 20) this.#stop(this.#refused('limit-memory', `it took more than ${rssMb} MB of memory`))
  }

  /** The first cause counts. */
  #stop(cause: unknown): void {
    if (this.#over !== undefined) return
    this.#over = cause ?? new Error('the migration was aborted')
    clearInterval(this.#timer)
    this.#signal?.removeEventListener('abort', this.#halt)
    this.#child.kill('SIGKILL')
    this.#waiting?.reject(this.#over)
    this.#waiting = undefined
  }

  #causeOf(code: number | null, signal: NodeJS.Signals | null): Error {
    if (/heap out of memory|allocation failed/i.test(this.#errors))
      return this.#refused('limit-memory', `it took more than ${this.#limits.heapMb} MB of memory`)
    // What it wrote may hold a row: only that and how it ended is said.
    return new Error(`the migration process ended by itself (${signal ?? `exit code ${code}`}) while it read ${this.#file}`, {
      cause: this.#broken,
    })
  }

  #refused(code: MigrationRefusal['code'], what: string): MigrationRefused {
    const text = `Reading \`${this.#file}\` as the specification says was stopped: ${what}. Simplify the rules for it, or hand it over in parts.`
    return new MigrationRefused({ code, rule: 'R8', text, who: 'the customer', file: this.#file })
  }
}

function faultOf({ name, message, stack }: Extract<Answer, { tell: 'fault' }>): Error {
  const fault = new Error(message)
  fault.name = name
  if (stack !== undefined) fault.stack = stack
  return fault
}

/** As the kernel counts it, where one can ask it: a process that is lost in a loop does not tell. */
function residentBytes(pid: number | undefined): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
  } catch {
    return 0 // no Linux, or gone already
  }
}
