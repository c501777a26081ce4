import { describe, expect, test } from 'vitest'
import {
  cosineAnnealing,
  exponentialDecay,
  multiStepDecay,
  oneCycle,
  polynomialDecay,
  type Schedule,
  stepDecay,
  warmup,
} from '../../models/optim/index.ts'
import { readCases } from './cases.ts'

interface Row {
  readonly op: string
  readonly options: object
  readonly rate: number
  readonly rates: readonly number[]
}

const SCHEDULES: Readonly<Record<string, (options: never) => Schedule>> = {
  stepDecay,
  multiStepDecay,
  exponentialDecay,
  polynomialDecay,
  cosineAnnealing,
  oneCycle,
  warmup: (options: never) => warmup(cosineAnnealing({ steps: 12 }), options),
}

describe('as torch.optim.lr_scheduler, the rate of each step', () => {
  const rows = readCases<Row>('schedules')
  test.each(rows.map(row => [`${row.op} ${JSON.stringify(row.options)}`, row] as const))('%s', (_, row) => {
    const schedule = SCHEDULES[row.op](row.options as never)
    row.rates.forEach((expected, t) => {
      // PyTorch makes each rate of the one before: some 25 roundings of 1e-16, of rates up to `rate`.
      expect(Math.abs(row.rate * schedule(t) - expected)).toBeLessThanOrEqual(1e-14 * row.rate)
    })
  })

  test('each is compared', () => {
    expect(new Set(rows.map(row => row.op))).toEqual(new Set(Object.keys(SCHEDULES)))
  })
})
