import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { asLines, pace } from '../../models/train/progress.ts'
import { check } from '../support/property.ts'

afterEach(() => vi.restoreAllMocks())

/** A clock that the test sets, in milliseconds. */
function clock(): { at: number } {
  const time = { at: 0 }
  vi.spyOn(performance, 'now').mockImplementation(() => time.at)
  return time
}

describe('pace', () => {
  test('of a quick run: each part once, and the last step always', () => {
    clock()
    const counts = fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 300 }))
    check(
      fc.property(counts, fc.integer({ min: 1, max: 20 }), ([done, more], parts) => {
        const due = pace(done + more, done, { parts })
        const said = Array.from({ length: more }, (_, i) => done + i + 1).filter(due)
        expect(said.length).toBe(Math.min(parts, more))
        expect(said.at(-1)).toBe(done + more)
      }),
    )
  })

  test('of a slow one: after each silence', () => {
    const time = clock()
    const due = pace(1000)
    const said = []
    for (let step = 1; step <= 40; step++) {
      time.at = step * 3000
      if (due(step)) said.push(step)
    }
    expect(said).toEqual([4, 8, 12, 16, 20, 24, 28, 32, 36, 40])
  })
})

describe('lines in place of a bar', () => {
  const shown = (loss: string) => ({ loss, lr: '0.1', rate: '2.0', data: '', left: '0:05' })
  const start = (lines: string[]) => {
    const bar = asLines(line => lines.push(line))
    bar.start(20, 0, { label: 'photos ', ...shown('-') })
    return bar
  }

  test('the first says how far it is, the last what came out', () => {
    clock()
    const lines: string[] = []
    const bar = start(lines)
    for (let step = 1; step <= 20; step++) bar.update(step, shown(`${step}`))
    bar.stop()
    expect(lines.length).toBe(11)
    expect([lines[0], lines[10]]).toEqual([
      'photos 0/20',
      'photos 20/20 | loss 20 | lr 0.1 | 2.0 steps/s | 0:05 left',
    ])
  })

  test('one that ends early says where', () => {
    clock()
    const lines: string[] = []
    const bar = start(lines)
    for (let step = 1; step <= 5; step++) bar.update(step, shown(`${step}`))
    bar.stop()
    expect(lines.at(-1)).toContain('photos 5/20 | loss 5')
    expect(lines.length).toBe(4)
  })
})

test('progress: true without a terminal prints lines on standard error alone', { timeout: 120_000 }, () => {
  const index = fileURLToPath(new URL('../../models/all.ts', import.meta.url))
  const program = `
    import { adam, generator, layers, lossByName, randn, Trainer } from ${JSON.stringify(index)}
    const rng = generator(1)
    const net = layers.linear({ in: 3, out: 2, rng })
    const loss = lossByName('softmax').create({ classes: 2, dim: 2, seed: 1 })
    const optimizer = adam({ ...net.parameters, ...loss.parameters }, { lr: 0.1 })
    const trainer = new Trainer({ net, loss, optimizer, x: randn([8, 3], rng), y: [0, 1, 0, 1, 0, 1, 0, 1], batch: 4, seed: 1 })
    await trainer.run({ steps: 20, progress: true })`
  const node = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', program]
  const root = fileURLToPath(new URL('../../', import.meta.url))
  const { stdout, stderr, status } = spawnSync(node[0], node.slice(1), { cwd: root, encoding: 'utf8' })
  expect([status, stdout]).toEqual([0, ''])
  const lines = stderr.trim().split('\n')
  expect(lines.slice(0, 2)).toEqual([
    'step 0/20',
    expect.stringMatching(/^step 2\/20 \| loss \d+\.\d{4} \| lr 0\.100 \| /),
  ])
  expect(lines.at(-1)).toMatch(/^step 20\/20 \| .* steps\/s \| 0:00 left$/)
  expect(lines.length).toBe(11)
})
