import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { Generator, mul, OPS, relu, stopGradient, type Tensor, tensor } from '../../engine/index.ts'
import { asFunction, drawCase, WRONG_GRADIENTS } from '../../engine/testing/index.ts'
import { LOSSES, PAIR_LOSSES } from '../../losses/index.ts'
import { checkRow, escaped, seedOf } from './check.ts'
import { json, table } from './report.ts'
import { ROWS, type Row, select } from './rows.ts'

const row = (f: (x: Tensor) => Tensor): Row => ({
  kind: 'op',
  name: 'made up',
  draw: rng => ({
    f: ({ x }) => f(x),
    inputs: {
      x: tensor(Float64Array.from({ length: 2 }, () => rng.integer(1, 9) * (rng.uniform() < 0.5 ? -1 : 1))),
    },
  }),
})

describe('rows', () => {
  test('every loss and every op with a gradient has one', () => {
    expect(ROWS.filter(r => r.kind === 'loss').map(r => r.name)).toEqual(
      [...LOSSES, ...PAIR_LOSSES].map(r => r.name),
    )
    expect(ROWS.filter(r => r.kind === 'op').length).toBeGreaterThan(50)
    expect(ROWS.map(r => r.name)).not.toContain('argmax')
    expect(OPS.map(op => op.name)).toContain('argmax')
  })

  test('select takes a name, or else what contains the text, or else tells the nearest', () => {
    expect(select('sum').map(r => r.name)).toEqual(['sum'])
    const convolutions = select('conv').map(r => r.name)
    expect(convolutions).toEqual(expect.arrayContaining(['conv2d', 'conv2dInputGrad', 'conv2dWeightGrad']))
    expect(convolutions.every(name => name.includes('conv'))).toBe(true)
    expect(select(undefined)).toBe(ROWS)
    expect(() => select('arcFase')).toThrow(
      /gradcheck: the name of an op or a loss expected, got arcFase: did you mean arcFace\?/,
    )
  })
})

describe('checkRow', () => {
  test('a right row passes in both orders', () => {
    const results = checkRow(
      row(x => x.exp()),
      { runs: 5, seed: 1 },
    )
    expect(results.map(r => [r.order, r.cases, r.failures])).toEqual([
      [1, 5, 0],
      [2, 5, 0],
    ])
    for (const { worst } of results) expect(worst).toBeLessThan(1e-8)
  })

  test('a wrong first gradient fails both, and the message brings the case back', () => {
    const wrong = row(x => mul(x, stopGradient(x)))
    const [first, second] = checkRow(wrong, { runs: 3, seed: 1 })
    expect([first.failures, second.failures]).toEqual([3, 3])
    expect(first.messages[2]).toContain('path made up --seed 1 --case 2]')
    const [again] = checkRow(wrong, { runs: 1, seed: 1, only: 2 })
    expect(again.messages).toEqual([first.messages[2]])
  })

  test('a wrong second gradient fails the second order only', () => {
    const wrong = WRONG_GRADIENTS.find(w => w.order === 2)
    if (wrong === undefined) return expect.fail('a wrong gradient of order 2 expected')
    const hidden: Row = {
      kind: 'op',
      name: wrong.name,
      draw: rng => asFunction(wrong.op, drawCase(wrong.op, rng)),
    }
    const [first, second] = checkRow(hidden, { runs: 3, seed: 1 })
    expect([first.failures, second.failures]).toEqual([0, 3])
    expect(second.worst).toBeGreaterThan(1e-5)
  })

  test('cases without a gradient are drawn again; a row that has none fails', () => {
    const results = checkRow(row(relu), { runs: 20, seed: 0 })
    expect(results.map(r => [r.cases, r.failures])).toEqual([
      [20, 0],
      [20, 0],
    ])
    expect(
      checkRow(
        row(x => mul(x, 0)),
        { runs: 2, seed: 0 },
      )[0].failures,
    ).toBe(2)
  })

  test('an error that is no finding is a failure too', () => {
    const [first] = checkRow(
      row(() => {
        throw new Error('broken')
      }),
      { runs: 1, seed: 0 },
    )
    expect([first.failures, first.worst]).toEqual([1, Number.POSITIVE_INFINITY])
    expect(first.messages[0]).toContain('broken')
  })

  test('the wrong gradients are all caught', () => {
    expect(escaped(2, 0)).toEqual([])
  })

  test('each case has a seed of its own', () => {
    const made = Array.from({ length: 1000 }, (_, i) => seedOf(`0/exp/${i}/0`))
    expect(new Set(made).size).toBe(1000)
    for (const seed of made) new Generator(seed)
  })
})

describe('report', () => {
  const result = {
    kind: 'op',
    name: 'exp',
    order: 1,
    cases: 3,
    failures: 1,
    worst: 0.25,
    where: 'x, case 2',
    messages: ['m'],
  } as const

  test('one line a row as JSON', () => {
    expect(JSON.parse(json(result))).toEqual({
      kind: 'op',
      name: 'exp',
      order: 1,
      cases: 3,
      failures: 1,
      worst: 0.25,
    })
  })

  test('a table, in colour only where asked for', () => {
    const lines = table([result], false).split('\n')
    expect(lines[0].trim().split(/ {2,}/)).toEqual([
      'name',
      'order',
      'cases',
      'failures',
      'worst relative error',
      'where',
    ])
    expect(lines[1].split(/ {2,}/)).toEqual(['op', 'exp', '1', '3', '1', '2.5e-1', 'x, case 2'])
  })
})

describe('npm run gradcheck', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'test/gradcheck/main.ts', ...args], { encoding: 'utf8' })

  test('prints JSON on standard output, the rest on standard error', () => {
    const { stdout, stderr, status } = run('matmul', '--runs', '2', '--json')
    expect(
      stdout
        .trim()
        .split('\n')
        .map(line => JSON.parse(line)),
    ).toMatchObject([
      { kind: 'op', name: 'matmul', order: 1, cases: 2, failures: 0 },
      { kind: 'op', name: 'matmul', order: 2, cases: 2, failures: 0 },
    ])
    expect(stderr).toMatch(/wrong gradients: (\d+) of \1 caught/)
    expect(status).toBe(0)
  })

  test('refuses what it does not know', () => {
    const { stderr, status } = run('matmil')
    expect(stderr).toContain('did you mean matmul?')
    expect(status).toBe(1)
  })
})
