import type { LogEntry } from './types'

/** Keeps the latest requests in either direction, oldest first. */
export class RequestLog {
  private entries: LogEntry[] = []

  constructor(private readonly size: number) {}

  add(entry: Omit<LogEntry, 'at'>): void {
    this.entries.push({ at: new Date().toISOString(), ...entry })
    if (this.entries.length > this.size * 1.2) this.entries = this.entries.slice(-this.size)
  }

  all(): LogEntry[] {
    return this.entries.slice(-this.size)
  }

  clear(): void {
    this.entries = []
  }
}
