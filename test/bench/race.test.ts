import { describe, expect, test } from 'vitest'
import { type Case, sampleOf, valuesOf } from './cases/case.ts'
import { cpuCases } from './cases/cpu.ts'
import { GPU_MODES, gpuCases } from './cases/gpu.ts'
import { netCases } from './cases/net.ts'
import { searchCases } from './cases/search.ts'
import { picker } from './cases/select.ts'
import { stepCases } from './cases/step.ts'
import type { Request } from './harness/protocol.ts'
import { type Racer, race } from './harness/race.ts'
import { json, lineOf } from './report/line.ts'
import { Table } from './report/table.ts'

const CASE: Case = {
  name: 'some case',
  op: 'add',
  inputs: [],
  attrs: {},
  flops: 3e6,
  tolerance: 1e-3,
  budget: 1000,
  limit: 5000,
}

/** A contestant whose calls take `ms`, by its own word; `log` sees its requests. */
function racer(name: string, ms: number, log: string[] = [], value = 1, diesAt = Infinity): Racer {
  let asked = 0
  return {
    name,
    ask: (async (request: Request) => {
      log.push(`${name} ${request.ask}`)
      if (++asked >= diesAt) return { reason: 'died' }
      if (request.ask === 'begin') return { ms, outputs: [[value]] }
      return request.ask === 'run' ? { samples: [ms, 2 * ms] } : {}
    }) as Racer['ask'],
    stop() {
      log.push(`${name} stop`)
    },
  }
}

describe('race', () => {
  test('takes turns, each round beginning with another, and lets everyone end', async () => {
    const log: string[] = []
    const [a, b] = await race(CASE, [racer('a', 10, log), racer('b', 20, log)], { rounds: 2 })
    const warmUp = ['a begin', 'a run', 'b begin', 'b run']
    expect(log).toEqual([...warmUp, 'a run', 'b run', 'b run', 'a run', 'a end', 'b end'])
    expect(a).toEqual({ best: 10, median: 15, runs: 4 })
    expect(b).toEqual({ best: 20, median: 30, runs: 4 })
  })

  test('what is too slow has its first call, and does not hold up the others', async () => {
    const log: string[] = []
    const [fast, slow] = await race(CASE, [racer('fast', 1), racer('slow', 600, log)], { rounds: 5 })
    expect(slow).toEqual({ best: 600, median: 600, runs: 1 })
    expect(log).toEqual(['slow begin', 'slow end'])
    expect(fast).toMatchObject({ runs: 10 })
  })

  test('another result is not timed', async () => {
    const [, wrong, close] = await race(
      CASE,
      [racer('ours', 1), racer('wrong', 1, [], 1.01), racer('close', 1, [], 1.0005)],
      { rounds: 1 },
    )
    expect(wrong).toEqual({ reason: 'another result: output 0, sample 0 is 1.01, ours 1' })
    expect(close).toMatchObject({ runs: 2 })
  })

  test('in new processes it ends them, and has the most memory of each', async () => {
    const log: string[] = []
    const one = racer('one', 600, log)
    const weighing: Racer = {
      ...one,
      ask: (async (request: Request, limit: number) => {
        const answer = await one.ask(request as never, limit)
        return request.ask === 'memory' ? { bytes: 7 } : answer
      }) as Racer['ask'],
    }
    const [outcome] = await race({ ...CASE, fresh: true }, [weighing], { rounds: 5 })
    expect(outcome).toEqual({ best: 600, median: 600, runs: 1, bytes: 7 })
    expect(log).toEqual(['one stop', 'one begin', 'one memory', 'one stop'])
  })

  test.each([1, 2, 3])('one that dies at its request number %i says so; the others go on', async diesAt => {
    const [dead, alive] = await race(CASE, [racer('dead', 1, [], 1, diesAt), racer('alive', 1)], {
      rounds: 3,
    })
    expect(dead).toEqual({ reason: 'died' })
    expect(alive).toMatchObject({ runs: 6 })
  })
})

describe('a line of JSON', () => {
  const ours = { best: 2, median: 3, runs: 4 }

  test('has the names, times and ratios that programs read', () => {
    const outcome = { best: 5, median: 6, runs: 7 }
    const line = lineOf({ name: 'matmul 512', flops: 3e6, ours, peer: { name: 'jax-js', outcome }, peak: 6 })
    expect(JSON.parse(json(line))).toMatchObject({
      name: 'matmul 512',
      ours_ms: 2,
      peer: 'jax-js',
      peer_ms: 5,
      ratio: 2.5,
      gflops: 1.5,
      peak_fraction: 0.25,
    })
    expect(line).not.toHaveProperty('reason')
  })

  test('says why where a peer or we have no time', () => {
    const refused = { reason: 'no kernel' }
    const line = lineOf({ name: 'x', ours, peer: { name: 'p', outcome: refused }, peak: 6 })
    expect(line).toMatchObject({ peer_ms: null, ratio: null, gflops: null, reason: 'no kernel' })
    const without = lineOf({
      name: 'x',
      flops: 1,
      ours: refused,
      peer: { name: 'p', outcome: ours },
      peak: 6,
    })
    expect(without).toMatchObject({ ours_ms: null, peer_ms: 2, ratio: null, gflops: null })
    expect(without.reason).toBe('ours: no kernel')
  })

  test('of a peak compares the memory', () => {
    const outcome = { best: 5, median: 6, runs: 7, bytes: 300 }
    const line = lineOf({
      name: 'peak x',
      compares: 'bytes',
      ours: { ...ours, bytes: 100 },
      peer: { name: 'torch', outcome },
    })
    expect(line).toMatchObject({ ratio: 3, ours_bytes: 100, peer_bytes: 300, ours_ms: 2, peer_ms: 5 })
  })

  test('has no part of a peak that nobody knows', () => {
    const outcome = { best: 5, median: 6, runs: 7 }
    const line = lineOf({
      name: 'webgl2 matmul 512',
      flops: 3e6,
      ours,
      peer: { name: 'tfjs-webgl', outcome },
    })
    expect(JSON.parse(json(line))).toMatchObject({ gflops: 1.5, ratio: 2.5, peak_fraction: null })
  })

  test('is a row of the table, a reason given once for all cases', () => {
    const table = new Table(['x', 'y'], ['p'])
    const rows = ['x', 'y'].map(name =>
      table.row([lineOf({ name, ours, peer: { name: 'p', outcome: { reason: 'no kernel' } }, peak: 6 })]),
    )
    expect(new Set([table.header(), ...rows].map(row => row.length)).size).toBe(1)
    expect(table.footnotes()).toEqual(['- p: no kernel (x, y)'])
  })
})

describe('cases', () => {
  const all = [...cpuCases(), ...stepCases(), ...netCases(), ...searchCases(), ...GPU_MODES.flatMap(gpuCases)]

  test('have names of their own, those of the issue among them', () => {
    const names = all.map(c => c.name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of [
      'matmul 512',
      'matmul 128x128x3136',
      'conv 32x28x28->32 5x5 forward',
      'step C=2000',
      'step sphereFaceNet-20 112 b32',
      'step sphereFaceNet-20 112 b32 checkpoint',
      'infer sphereFaceNet-20 112',
      'step resNet 112 b16',
      'step convNet 28 b128',
      'peak sphereFaceNet-20 112 b32',
      'webgl2 matmul 512',
      'webgpu conv 64x14x14->64 3x3 forward',
      'headlessgl step C=10',
    ]) {
      expect(names).toContain(name)
    }
  })

  test('are picked by name, else by a part of it', () => {
    const names = ['step C=2000', 'step C=20000', 'matmul 64']
    expect(names.filter(picker('step C=2000', names))).toEqual(['step C=2000'])
    expect(names.filter(picker('C=2000', names))).toEqual(['step C=2000', 'step C=20000'])
  })

  test('have values that lie where they should, and differ by seed', () => {
    const range = (values: ArrayLike<number>) => [
      Math.min(...Array.from(values)),
      Math.max(...Array.from(values)),
    ]
    const [low, high] = range(valuesOf({ shape: [1000] }, 0))
    expect(low).toBeGreaterThanOrEqual(-1)
    expect(low).toBeLessThan(-0.98)
    expect(high).toBeLessThan(1)
    expect(high).toBeGreaterThan(0.98)
    const [positive, one] = range(valuesOf({ shape: [1000], fill: 'positive', scale: 2 }, 1))
    expect(positive).toBeGreaterThan(0)
    expect(one).toBeLessThanOrEqual(2)
    expect(range(valuesOf({ shape: [1000], fill: { below: 7 } }, 2))).toEqual([0, 6])
    expect(valuesOf({ shape: [9] }, 3)).not.toEqual(valuesOf({ shape: [9] }, 4))
  })

  test('are sampled in every channel', () => {
    const channels = Float32Array.from({ length: 64 * 1000 }, (_, i) => i % 64)
    expect(new Set(sampleOf(channels)).size).toBe(64)
    expect(sampleOf([1, 2, 3])).toEqual([1, 2, 3])
  })
})
