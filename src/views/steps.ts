/** How far an operation is, and for the vendor which steps run, Main beside Test. */
import type { Step } from '../lifecycle/types.js'
import { line } from './view.js'
import { count, instanceTitles } from './words.js'

const over = new Set<Step['state']>(['done'])

/** The share of the steps that is behind us, 0…1. */
export function progressOf(steps: readonly Step[]): number {
  if (steps.length === 0) return 0
  return steps.reduce((sum, step) => sum + shareOf(step), 0) / steps.length
}

function shareOf({ state, progress }: Step): number {
  if (over.has(state)) return 1
  return state === 'running' ? Math.min(1, Math.max(0, progress)) : 0
}

/** `4 of 9 steps done` */
export function stepCount(steps: readonly Step[]): string[] {
  const done = steps.filter(({ state }) => over.has(state)).length
  return steps.length > 0 ? [`${done} of ${count(steps.length, 'step')} done`] : []
}

/** The steps that people look at now: those that run, and those that went wrong. */
export function stepLines(steps: readonly Step[]): string[] {
  return steps.filter(isSpeaking).slice(0, 6).map(stepLine)
}

const speaking = new Set<Step['state']>(['running', 'failed', 'undoing', 'stuck'])

function isSpeaking({ state }: Step): boolean {
  return speaking.has(state)
}

const words: Partial<Record<Step['state'], string>> = { failed: ':x: failed', undoing: 'being undone', stuck: ':warning: stuck' }

function stepLine(step: Step): string {
  const where = step.role && step.role !== 'single' ? `*${instanceTitles[step.role]}*  ` : ''
  const far = step.state === 'running' ? percent(step.progress) : (words[step.state] ?? '')
  const again = step.attempt > 1 ? ` · attempt ${step.attempt}` : ''
  const sentence = step.sentence ? ` · _${line(step.sentence, 160)}_` : ''
  return `•  ${where}${line(step.title, 80)}${far ? ` · ${far}` : ''}${again}${sentence}`
}

function percent(progress: number): string {
  return progress > 0 ? `${Math.floor(Math.min(1, progress) * 100)} %` : ''
}
