import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as fc from 'fast-check'
import { PNG } from 'pngjs'
import { describe, expect, it } from 'vitest'
import { generator } from '../../engine/index.ts'
import { draw, SIDE } from '../../examples/losses/draw.ts'
import { shapesFolder } from '../../examples/losses/folder.ts'
import { command, parseOptions } from '../../examples/losses/options.ts'
import { page } from '../../examples/losses/page/page.ts'
import { placed } from '../../examples/losses/page/placed.ts'
import { chosen, jobsOf, ratesOf, trialsOf } from '../../examples/losses/rates.ts'
import type { Results, Run } from '../../examples/losses/results.ts'
import { ROWS } from '../../examples/losses/rows.ts'
import { run } from '../../examples/losses/run.ts'
import { SHAPES, type Shape, STRANGERS } from '../../examples/losses/shapes.ts'
import { table } from '../../examples/losses/table.ts'
import { LOSSES, PAIR_LOSSES } from '../../losses/index.ts'
import { helpOf } from '../support/helpOf.ts'
import { temporaryFolder } from '../support/temporaryFolder.ts'

const filesOf = (folder: string): string[] =>
  (readdirSync(folder, { recursive: true }) as string[]).filter(name => name.endsWith('.png')).sort()

const POINTS = Array.from({ length: 61 * 61 }, (_, i) => [(i % 61) / 30 - 1, Math.floor(i / 61) / 30 - 1])

const filled = (shape: Shape, turn = 0): boolean[] => {
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)]
  return POINTS.map(([x, y]) => shape(cos * x - sin * y, sin * x + cos * y))
}

describe('shapes', () => {
  const all = Object.entries({ ...SHAPES, ...STRANGERS })

  it('are twelve to learn and twelve more, within the disc about the origin', () => {
    expect([Object.keys(SHAPES).length, Object.keys(STRANGERS).length, all.length]).toEqual([12, 12, 24])
    for (const [name, shape] of all) {
      const one = filled(shape)
      expect(one.filter(Boolean).length / POINTS.length, name).toBeGreaterThan(0.1)
      // Corners may leave the disc a little.
      expect(
        POINTS.every(([x, y], k) => !one[k] || Math.hypot(x, y) < 1.25),
        name,
      ).toBe(true)
    }
  })

  it('are no two alike, however two images are turned', () => {
    // Each is drawn at -0.25 to 0.25 radians: apart by 0.5 at most.
    for (const turn of [-0.5, -0.25, 0, 0.25, 0.5]) {
      const turned = all.map(([name, shape]) => [name, filled(shape, turn)] as const)
      all.forEach(([one, shape], i) => {
        const straight = filled(shape)
        for (const [other, points] of turned.slice(i + 1)) {
          const apart = straight.filter((inside, k) => inside !== points[k]).length / POINTS.length
          expect(apart, `${one} and ${other}, ${turn}`).toBeGreaterThan(0.04)
        }
      })
    }
  })

  it('are drawn from the generator alone', () => {
    const once = () => draw(SHAPES.star, generator(3))
    expect(once()).toEqual(once())
    expect(once()).not.toEqual(draw(SHAPES.star, generator(4)))
    expect(once()).toHaveLength(3 * SIDE * SIDE)
  })
})

const MAIN = fileURLToPath(new URL('../../examples/losses/main.ts', import.meta.url))
const start = (line: string, out: string) =>
  promisify(execFile)(process.execPath, ['--import', 'tsx', MAIN, ...line.split(' '), '--out', out])

describe('the folder of shapes', () => {
  const out = temporaryFolder()
  const home = join(out, 'seed-1')

  it('has 199 images to train on, 40 of the commonest shape down to 4, 30 of each to test, 25 of each stranger', () => {
    shapesFolder(home, 1)
    const counts = (part: string, kinds: object): number[] =>
      Object.keys(kinds).map(name => filesOf(join(home, part, name)).length)
    expect(counts('train', SHAPES).sort((a, b) => b - a)).toEqual([
      40, 33, 27, 22, 18, 14, 12, 10, 8, 6, 5, 4,
    ])
    expect(counts('test', SHAPES)).toEqual(Array(12).fill(30))
    expect(counts('strangers', STRANGERS)).toEqual(Array(12).fill(25))
  }, 60_000)

  it('follows from the seed, and is written once', () => {
    const rng = generator(1)
    rng.permutation(12)
    const first = join(home, 'train', Object.keys(SHAPES)[0], '00.png')
    const { data } = PNG.sync.read(readFileSync(first))
    expect(data.filter((_, i) => i % 4 < 3)).toEqual(Buffer.from(draw(Object.values(SHAPES)[0], rng)))
    const before = statSync(first).mtimeMs
    shapesFolder(home, 1)
    expect(statSync(first).mtimeMs).toBe(before)
  })

  it('is what the command trains on: a line of JSON a run, a report, and nothing twice', async () => {
    const line = '--losses triplet --seeds 1 --choice 1000 --rates 2e-3 --epochs 1 --json --resume --jobs 1'
    const once = () => start(line, out)
    const { stdout, stderr } = await once()
    expect(JSON.parse(stdout)).toMatchObject({ loss: 'triplet', seed: 1, lr: 0.002 })
    expect(stderr).toContain(`report: ${join(out, 'index.html')}`)
    expect(JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')).runs).toHaveLength(1)
    expect((await once()).stdout).toBe(stdout)
  }, 60_000)

  it('says in a line what cannot be written or read', async () => {
    const taken = join(out, 'taken')
    mkdirSync(join(taken, 'runs.jsonl'), { recursive: true })
    writeFileSync(join(taken, 'seed-0'), '')
    expect(() => shapesFolder(join(taken, 'seed-0'), 0)).toThrow(/seed-0: not written: ENOTDIR/)
    await expect(start('--losses triplet --rates 2e-3 --seeds 0', taken)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: .*runs\.jsonl: not read: EISDIR.*\n$/),
    })
  })

  // Margins, pairs, a net between: what differs from loss to loss.
  it.each(['irCosFace', 'triplet', 'bnneck'])(
    'is trained on by %s, and judged; to the same figures every time',
    async loss => {
      const job = { loss, seed: 1, steps: 2, lr: 2e-3 }
      const once = async () => (await run(job, () => true, out)).run
      const { seconds: _, stepMs, peakBytes, ...figures } = await once()
      if (loss === 'irCosFace') expect(await once()).toMatchObject(figures)
      for (const name of ['accuracy', 'tail', 'train', 'ncm', 'mAP', 'tar'] as const) {
        expect(figures[name]).toBeGreaterThanOrEqual(0)
        expect(figures[name]).toBeLessThanOrEqual(1)
      }
      expect(figures.steps).toBe(2)
      expect(stepMs).toBeGreaterThan(0)
      // Of a process of its own alone it is the same every time. The training images alone: 199 of 32 x 32 in three colours, four bytes a number.
      expect(peakBytes).toBeGreaterThan(199 * 32 * 32 * 3 * 4)
      if (loss === 'triplet') expect(figures.accuracy).toBe(figures.ncm)
    },
    60_000,
  )
})

const parse = (line: string) =>
  parseOptions(
    line.split(' ').filter(Boolean),
    command()
      .exitOverride()
      .configureOutput({ writeErr: () => {} }),
  )

describe('the command', () => {
  const names = ROWS.map(row => row.name)

  it('has every loss of both registries, each name once', () => {
    expect(new Set(names).size).toBe(names.length)
    for (const { name } of [...LOSSES, ...PAIR_LOSSES]) expect(names).toContain(name)
    expect(names.filter(name => name.endsWith('-norm'))).toEqual(
      expect.arrayContaining(['normFace-norm', 'cosFace-norm', 'arcFace-norm', 'combinedMargin-norm']),
    )
    const options = parse('')
    expect(options).toMatchObject({ losses: names, seeds: [0, 1, 2], choice: [5], steps: 125 })
  })

  it('marks those that cannot classify, and they alone', () => {
    const made = { classes: 3, dim: 4, seed: 0, sizes: [5, 4, 3] }
    for (const { name, byMean = false, create } of ROWS) expect('logits' in create(made), name).toBe(!byMean)
  })

  it('tries every rate of a loss with weights with every rate of these, and of others the rates alone', async () => {
    const options = parse('--losses irCosFace,cosFace --rates 1e-3,2e-3 --times 3,10 --choice 8 --seeds 0')
    const rates = await ratesOf(options)
    const tried = trialsOf(options, rates)
    expect(tried.map(({ loss, lr, times }) => [loss, lr, times])).toEqual([
      ['irCosFace', 0.001, undefined],
      ['irCosFace', 0.002, undefined],
      ['cosFace', 0.001, 3],
      ['cosFace', 0.001, 10],
      ['cosFace', 0.002, 3],
      ['cosFace', 0.002, 10],
    ])
    expect(new Set(tried.map(job => job.seed))).toEqual(new Set([8]))
    const trials = tried.map(job => runOf(job.loss, 8, job.lr === 0.002 ? 0.4 : 0.3, job))
    expect(jobsOf(options, rates, trials)).toEqual([
      { loss: 'irCosFace', seed: 0, steps: 125, lr: 0.002 },
      { loss: 'cosFace', seed: 0, steps: 125, lr: 0.002, times: 3 },
    ])
  })

  it('chooses nothing where there is one rate, and none that failed on a seed', async () => {
    const options = parse('--losses cosFace --rates 2e-3 --times 30')
    const rates = await ratesOf(options)
    expect(trialsOf(options, rates)).toEqual([])
    expect(jobsOf(options, rates, []).map(({ seed, lr, times }) => [seed, lr, times])).toEqual([
      [0, 0.002, 30],
      [1, 0.002, 30],
      [2, 0.002, 30],
    ])
    const two = [{ lr: 1 }, { lr: 2 }]
    const trials = [runOf('triplet', 5, 0.2, { lr: 1 }), runOf('triplet', 6, 0.2, { lr: 1 })]
    expect(chosen(two, [...trials, runOf('triplet', 5, 0.9, { lr: 2 })], 2)).toEqual({ lr: 1 })
    expect(chosen(two, [trials[0]], 2)).toBeUndefined()
  })

  it.each([
    ['--losses cosface', '"cosface" is not a loss. Did you mean cosFace?'],
    ['--seeds 0,5', 'got 5 in both'],
    ['--rates 1e-3,x', 'got "x"'],
    ['--times 0', 'Numbers > 0 expected'],
    ['--epochs 0', 'An integer >= 1 expected'],
    ['extra', 'too many arguments'],
  ])('%s is refused', (line, message) => {
    expect(() => parse(line)).toThrow(message)
  })

  it('has a help that names every loss, and says in which units figures are', () => {
    const text = helpOf(command())
    for (const expected of [...names, '--resume', '0 to 1', 'in milliseconds', 'take an hour', 'Ctrl-C']) {
      expect(text).toContain(expected)
    }
  })
})

function runOf(loss: string, seed: number, accuracy: number, rates: { lr: number; times?: number }): Run {
  const { lr, times } = rates
  const shares = { accuracy, tail: accuracy / 2, train: 1, ncm: 0.5, mAP: accuracy / 4, tar: 0.1 }
  const cost = { stepMs: 20, peakBytes: 12e6, seconds: 1, steps: 125 }
  return { loss, seed, lr, ...(times !== undefined && { times }), ...shares, ...cost }
}

describe('what it writes', () => {
  const runs = [
    runOf('cosFace', 0, 0.4, { lr: 0.002, times: 10 }),
    runOf('irCosFace', 0, 0.6, { lr: 0.004 }),
    runOf('irCosFace', 1, 0.7, { lr: 0.004 }),
    runOf('triplet', 0, 0.5, { lr: 0.001 }),
  ]

  it('is a table of means over seeds, the best loss first', () => {
    expect(table(runs).split('\n')).toEqual([
      '| loss | accuracy | four rarest | nearest mean | open set: mAP | TAR at 1 % | trained on | ms a step | MB | net’s rate | weights’ | accuracy by seed |',
      '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
      '| `irCosFace` | 65.0 | 32.5 | 50.0 | 16.2 | 10.0 | 100.0 | 20.0 | 12.0 | 0.004 | – | 60 70 |',
      '| `triplet`* | 50.0 | 25.0 | 50.0 | 12.5 | 10.0 | 100.0 | 20.0 | 12.0 | 0.001 | – | 50 |',
      '| `cosFace` | 40.0 | 20.0 | 50.0 | 10.0 | 10.0 | 100.0 | 20.0 | 12.0 | 0.002 | x 10 | 40 |',
    ])
  })

  it('is a page with all losses, and what is missing', () => {
    const options = { losses: ['cosFace', 'irCosFace', 'triplet'], seeds: [0, 1], choice: [5] }
    const results: Results = {
      options: { ...options, rates: [0.002], times: [10], steps: 125 },
      runs,
      trials: [],
      unfinished: [{ loss: 'triplet', seed: 1, step: 7, error: 'a < b' }],
    }
    const html = page(results)
    for (const text of ['4 of 6 runs', 'triplet, seed 1 (step 7: a &lt; b)', 'irCosFace']) {
      expect(html).toContain(text)
    }
    expect(html.match(/<svg[^>]*class="plot"/g)).toHaveLength(2)
    expect(page({ ...results, runs: [] })).toContain('No run was done')
  })

  it('names points where there is room: within the frame, on no point and on no other name', () => {
    const frame = {
      width: 300,
      height: 200,
      margin: { top: 10, right: 10, bottom: 20, left: 30 },
      font: 12,
      radius: 4,
    }
    const point = fc.record({
      text: fc.constantFrom('softmax', 'irCosFace', 'multiSimilarity'),
      color: fc.constant('red'),
      x: fc.integer({ min: 34, max: 286 }),
      y: fc.integer({ min: 14, max: 176 }),
    })
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 30 }), points => {
        const names = placed(points, frame).map(({ text, left, top }) => ({
          left,
          top,
          // As wide as the text is taken to be.
          right: left + 0.62 * 12 * text.length,
          bottom: top + 12,
        }))
        names.forEach((one, i) => {
          expect(one.left >= 30 && one.right <= 290 && one.top >= 10 && one.bottom <= 180).toBe(true)
          const dots = points.map(({ x, y }) => ({ left: x - 4, top: y - 4, right: x + 4, bottom: y + 4 }))
          for (const two of [...names.slice(i + 1), ...dots]) {
            const apart =
              two.left >= one.right || two.right <= one.left || two.top >= one.bottom || two.bottom <= one.top
            expect(apart).toBe(true)
          }
        })
      }),
    )
    // One alone has room.
    expect(placed([{ text: 'softmax', color: 'red', x: 100, y: 100 }], frame)).toHaveLength(1)
  })
})
