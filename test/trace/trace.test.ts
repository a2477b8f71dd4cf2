import { readFileSync } from 'node:fs'
import faults from './faults.json'
import { claims, rulesFirst } from './titles.js'

test('every fault that `npm run trace -- --plant` plants has its place, and tests that claim its rule', () => {
  const claimed = claims()
  for (const { rule, file, find, replace, tests } of faults) {
    expect([rule, file, readFileSync(file, 'utf8').split(find).length - 1]).toEqual([rule, file, 1])
    expect(find).not.toBe(replace)
    expect(claimed.some((claim) => claim.rule === rule && tests.includes(claim.file))).toBe(true)
  }
})

test('faults are planted in at least thirty of the rules, and no title claims a rule that is none', () => {
  expect(new Set(faults.map(({ rule }) => rule)).size).toBeGreaterThanOrEqual(30)
  expect(claims().filter(({ rule }) => !(Number(rule.slice(1)) >= 1 && Number(rule.slice(1)) <= 43))).toEqual([])
})

test('the first n faults are in n rules, for as many rules as have one', () => {
  const rules = new Set(faults.map(({ rule }) => rule)).size
  const first = rulesFirst(faults).slice(0, rules)
  expect(new Set(first.map(({ rule }) => rule)).size).toBe(rules)
  expect(rulesFirst(faults)).toHaveLength(faults.length)
})
