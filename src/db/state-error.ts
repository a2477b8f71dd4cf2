/** Slipway's own database is not as it must be: one sentence that says what to do; the command line prints it and exits with 78. */
export class StateError extends Error {
  override readonly name = 'StateError'
}
