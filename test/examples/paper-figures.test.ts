import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generator } from '../../engine/index.ts'
import { embedding } from '../../examples/paper/page/embedding.ts'
import { page } from '../../examples/paper/page/page.ts'
import { strengthCurves } from '../../examples/paper/page/strengthCurves.ts'
import type { Points, Results, Run } from '../../examples/paper/results.ts'
import { firstPhase, phaseOf } from '../../examples/paper/schedule.ts'
import { meanStrength, movingMean, pushOverPull, StrengthRecorder } from '../../examples/paper/strengths.ts'
import { figuresTable, strengthsTable, table } from '../../examples/paper/table.ts'

const rng = generator(5)
const STEPS = 40
const series = (): number[] => Array.from({ length: STEPS }, () => rng.uniform(0.1, 1))
const strength = () => ({ pull: series(), push: series() })

function runOf(loss: string, seed: number, more: Partial<Run> = {}): Run {
  return {
    loss,
    seed,
    balanced: rng.uniform(),
    classes: Array.from({ length: 10 }, (_, digit) => ({
      trainSize: digit === 3 ? 35 : 690,
      accuracy: rng.uniform(),
      ncm: rng.uniform(),
      angle: rng.uniform(0, 3),
      weight: [rng.normal(), rng.normal()],
      centre: [rng.normal(), rng.normal()],
    })),
    strengths: { head: strength(), tail: strength() },
    steps: STEPS,
    seconds: 3,
    ...more,
  }
}

const points: Points = {
  x: Array.from({ length: 400 }, () => rng.normal()),
  y: Array.from({ length: 200 }, (_, i) => i % 10),
}

const resultsOf = (runs: Run[], more: Partial<Results> = {}): Results => ({
  options: { losses: runs.map(run => run.loss), seeds: [0], steps: STEPS, backend: 'auto' },
  runs,
  unfinished: [],
  ...more,
})

const pictures = (html: string): string[] => html.match(/<svg[^>]*role="img".*?<\/svg>/gs) ?? []

describe('the tables', () => {
  const runs = [0, 1, 2].flatMap(seed => [runOf('softmax', seed), runOf('irSphereFace', seed)])

  test('have a row a run and a mean a loss, in percent and degrees', () => {
    const { heads, rows, means = [] } = figuresTable(runs)
    expect(rows.length).toBe(6)
    expect(heads.slice(0, 6)).toEqual(['loss', 'seed', 'balanced', '“3”', '“5”', '“7”'])
    for (const [k, loss] of ['softmax', 'irSphereFace'].entries()) {
      const own = runs.filter(run => run.loss === loss)
      let [balanced, accuracy, ncm, angle] = [0, 0, 0, 0]
      for (const run of own) {
        balanced += run.balanced / 3
        accuracy += run.classes[7].accuracy / 3
        ncm += run.classes[3].ncm / 3
        angle += run.classes[5].angle / 3
      }
      expect(means[k][2]).toBe((100 * balanced).toFixed(1))
      expect(means[k][5]).toBe((100 * accuracy).toFixed(1))
      expect(means[k][6]).toBe((100 * ncm).toFixed(1))
      expect(means[k][8]).toBe(((180 / Math.PI) * angle).toFixed(1))
    }
    expect(figuresTable(runs.slice(0, 2)).means).toEqual([])
  })

  test('push over pull is a ratio of sums over the steps of the first and the last rate, over all seeds', () => {
    const { rows } = strengthsTable(runs)
    const own = runs.filter(run => run.loss === 'softmax')
    const between = (from: number, to: number): string => {
      let [pull, push] = [0, 0]
      for (const { strengths } of own) {
        for (let t = from; t < to; t++) {
          pull += strengths!.tail.pull[t]
          push += strengths!.tail.push[t]
        }
      }
      return (push / pull).toFixed(2)
    }
    expect(rows[0][0]).toBe('softmax')
    // 3/8 and 6/8 of 40 steps.
    expect(rows[0].slice(3)).toEqual([between(0, 15), between(30, 40)])
  })

  test('what is not defined is a dash, and a loss without forces has no row', () => {
    const still = { pull: Array(STEPS).fill(0), push: series() }
    const odd = [
      runOf('softmax', 0, { strengths: { head: strength(), tail: still } }),
      runOf('softmaxIrSphereFace', 0, { strengths: undefined }),
    ]
    expect(strengthsTable(odd).rows.map(row => row.slice(3))).toEqual([['–', '–']])
    expect(table(odd)).not.toMatch(/NaN|Infinity|undefined/)
    expect(table(odd.slice(1)).split('\n').length).toBe(3)
  })
})

describe('strengths', () => {
  test('the recorder sets the rare class against the mean of the others', () => {
    const recorder = new StrengthRecorder(1)
    recorder.add({
      step: 1,
      loss: 0,
      lr: 1,
      samples: 1,
      pull: Float32Array.of(1, 10, 3, 5),
      push: Float32Array.of(2, 7, 2, 2),
    })
    expect(recorder.strengths).toEqual({ head: { pull: [3], push: [2] }, tail: { pull: [10], push: [7] } })
  })

  test('a moving mean of a line is the line but at its ends, and keeps a constant', () => {
    const values = Array.from({ length: 20 }, (_, t) => 3 * t)
    // Sums of integers below 2^53 are exact, and so are quotients that are integers.
    expect(movingMean(values, 5).slice(2, -2)).toEqual(values.slice(2, -2))
    expect(movingMean(values, 5)[0]).toBe(3)
    expect(movingMean([7, 7, 7], 100)).toEqual([7, 7, 7])
    expect(movingMean([1, 5], 0)).toEqual([1, 5])
  })

  test('the ratio of a mean of runs is that of their sums', () => {
    const runs = [strength(), strength()]
    const long = {
      pull: runs.flatMap(r => r.pull.slice(0, 15)),
      push: runs.flatMap(r => r.push.slice(0, 15)),
    }
    const total = (values: number[]): number => values.reduce((a, b) => a + b)
    // Sums of 30 numbers below 1, in another order.
    expect(pushOverPull(meanStrength(runs), 0)).toBeCloseTo(total(long.push) / total(long.pull), 12)
  })

  test('phases: three, in order, and the first is as long as it says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), steps => {
        const phases = Array.from({ length: steps }, (_, t) => phaseOf(t, steps))
        expect(phases).toEqual(phases.toSorted())
        expect(phases.every(phase => phase <= 2)).toBe(true)
        expect(phases.filter(phase => phase === 0).length).toBe(firstPhase(steps))
      }),
    )
  })
})

describe('the pictures', () => {
  test('a panel has the points but the longest, an arrow a class with its head, and each digit at its centre', () => {
    const run = runOf('softmax', 0)
    const html = embedding({ run, points })
    expect(html.match(/<circle/g)?.length).toBeGreaterThanOrEqual(0.98 * 200)
    // Twice: an edge below the arrow itself.
    expect(html.match(/<path/g)?.length).toBe(20)
    for (let digit = 0; digit < 10; digit++) expect(html).toContain(`>${digit}</text>`)
    const { accuracy, angle } = run.classes[3]
    expect(html).toContain(`“3” ${(100 * accuracy).toFixed(1)} %, ${((180 / Math.PI) * angle).toFixed(1)}°`)
  })

  test('an arrow points where the weight does, whatever its length', () => {
    const at = (scale: number): string => {
      const run = runOf('softmax', 0)
      const classes = run.classes.map((c, digit) => ({
        ...c,
        centre: [1, 0],
        weight: [scale * Math.cos(digit), scale * Math.sin(digit)],
      }))
      return pictures(embedding({ run: { ...run, classes }, points }))[0]
    }
    expect(at(1)).toBe(at(8))
    // From the middle of 380 pixels; Plot begins an arrow's path at its start.
    const first = /<path d="M190,190L(-?[\d.]+),(-?[\d.]+)/.exec(at(1))!
    const [x, y] = first.slice(1).map(Number)
    // Coordinates are cut to hundredths of a pixel.
    expect(Math.abs(y - 190)).toBeLessThan(0.01)
    expect(x).toBeGreaterThan(350)
  })

  test('a centre far out stays inside the picture', () => {
    const run = runOf('softmax', 0)
    const classes = run.classes.map(c => ({ ...c, centre: [1e6, -1e6] }))
    const html = embedding({ run: { ...run, classes }, points })
    const places = [...html.matchAll(/<text[^>]* transform="translate\((-?[\d.]+),(-?[\d.]+)\)"/g)]
    expect(places.length).toBe(10)
    for (const place of places.flatMap(([, x, y]) => [x, y])) {
      expect(Number(place) > 0 && Number(place) < 380).toBe(true)
    }
  })

  test('curves are a pull and a push a loss with a rare digit, in two panels', () => {
    const runs = [
      runOf('softmaxBalanced', 0),
      runOf('softmax', 0),
      runOf('softmax', 1),
      runOf('irSphereFace', 0),
    ]
    const html = strengthCurves(runs)
    const panels = pictures(html)
    expect(panels.length).toBe(2)
    for (const panel of panels)
      expect(panel.match(/<path[^>]*stroke-width="1.8"|<g[^>]*stroke-width="1.8"/g)?.length).toBe(4)
    expect(html.match(/<li>/g)?.length).toBe(4)
    expect(strengthCurves([runOf('softmaxIrSphereFace', 0, { strengths: undefined })])).toBe('')
  })
})

describe('the report', () => {
  test('is whole in itself; the pictures are those of the first seed', () => {
    const runs = [runOf('softmax', 4), runOf('sphereFace', 4), runOf('softmax', 5)]
    const html = page(
      resultsOf(runs),
      runs.map(run => ({ run, points })),
    )
    expect(pictures(html).length).toBe(4)
    expect(html).toContain('The test images of seed 4')
    expect(html).not.toMatch(/<script|<link|src=|href=|url\(|NaN|undefined|Infinity/)
    expect(html).not.toContain('Partial report')
  })

  test('without a run it says so, and what went wrong is text and not markup', () => {
    const unfinished = [{ loss: 'sphereFace', seed: 4, step: 7, error: 'loss <b> & "NaN"' }]
    const html = page(resultsOf([], { unfinished }), [])
    expect(html).toContain('No run was done')
    expect(html).toContain('A-Softmax, seed 4 (step 7: loss &lt;b&gt; &amp; &quot;NaN&quot;)')
    expect(html).toContain('0 of 1 runs are done')
  })
})
