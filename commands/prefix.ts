/** Slack does not keep the commands of different apps apart, so an operator may put a prefix before ours: `/acme-env`. */

/** Puts the prefix before every command that a view speaks of: `/env list` becomes `/acme-env list`. */
export function prefixed<Shown>(shown: Shown, prefix: string, words: readonly string[]): Shown {
  if (prefix === '') return shown
  const spoken = new RegExp(`(^|[\\s\`*(“])/(${words.join('|')})(?=[\\s\`*)”.,:]|$)`, 'g')
  return deep(shown, (text) => text.replace(spoken, `$1/${prefix}$2`)) as Shown
}

function deep(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((part) => deep(part, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, deep(part, change)]))
}
