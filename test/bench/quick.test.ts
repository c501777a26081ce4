import { expect, test } from 'vitest'
import { netCases } from './cases/net.ts'
import { hurried, isQuick } from './cases/quick.ts'
import { select } from './cases/select.ts'
import { stepCases } from './cases/step.ts'
import { type Group, parseOptions } from './options.ts'

const namesOf = (args: readonly string[]): string[] =>
  select(parseOptions(args)).flatMap(({ cases }) => cases.map(c => c.name))

test.each(['cpu', 'step', 'net', 'search', 'gpu'] satisfies Group[])(
  '--quick leaves some cases of %s',
  group => {
    const [some, all] = [namesOf([group, '--quick']), namesOf([group])]
    expect(some.length).toBeGreaterThan(0)
    expect(some.length).toBeLessThan(all.length)
    expect(all).toEqual(expect.arrayContaining(some))
  },
)

test('a case that is named runs quickly too', () => {
  const [name] = netCases().flatMap(c => (isQuick(c) ? [] : [c.name]))
  expect(namesOf(['net', '--quick', '--only', name])).toEqual([name])
})

test('turns are fewer unless said', () => {
  expect(parseOptions(['--quick'])).toMatchObject({ rounds: 3, steps: 200 })
  expect(parseOptions(['--quick', '--rounds', '7'])).toMatchObject({ rounds: 7, steps: 200 })
  expect(parseOptions([])).toMatchObject({ rounds: 10, steps: 2000 })
  const [c] = stepCases()
  expect(hurried(c)).toEqual({ ...c, budget: c.budget / 4, limit: 60_000 })
})
