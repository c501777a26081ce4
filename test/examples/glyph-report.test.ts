import fc from 'fast-check'
import { PNG } from 'pngjs'
import { describe, expect, test } from 'vitest'
import { medians } from '../../examples/glyph-reid/report/angles.ts'
import { report } from '../../examples/glyph-reid/report/report.ts'
import { shownOf } from '../../examples/glyph-reid/report/retrieval.ts'
import { stylesOf } from '../../examples/glyph-reid/report/styles.ts'
import { panelsOf, variantsOf } from '../../examples/glyph-reid/report/variants.ts'
import type { Run } from '../../examples/glyph-reid/train/results.ts'
import { check } from '../support/property.ts'
import { glyphRun, job } from './glyphRuns.ts'
import { randomSet } from './support/randomSet.ts'

const set = randomSet({ identities: 12, families: 9, facesEach: 2, seed: 3 })
const LOSSES = ['normFace-x1', 'irNormFace-previous', 'cosFace-x1', 'irCosFace-previous']
const runsOf = (losses: readonly string[], seeds: readonly number[]): Run[] =>
  seeds.flatMap(seed => losses.map(loss => glyphRun(loss, seed, set)))

const about = { job, partial: [] }
const page = (runs: readonly Run[]): string => report(runs, set, about)
const headings = (html: string): string[] => [...html.matchAll(/<h2>(.*?)<\/h2>/g)].map(m => m[1])
const pictures = (html: string): string[] =>
  [...html.matchAll(/<svg[^>]*role="img".*?<\/svg>/gs)].map(m => m[0])
/** Base64 may spell anything. */
const words = (html: string): string => html.replace(/data:image\/png;base64,[^"]*/g, '')

const four = runsOf(LOSSES, [0, 1])

describe('the page', () => {
  test('has each part', () => {
    expect(headings(page(four))).toEqual([
      'In short',
      'Tail and open set at a glance',
      'What class centres change',
      'Closed set: trained identities in unseen fonts',
      'Open set: identities never trained on',
      'Verification: ROC curves',
      'Angle between prototype and class centre',
      'Retrieval',
      'Training',
    ])
    // Four of the overview, two of ROC, two of angles, two of losses, two along the way.
    expect(pictures(page(four)).length).toBe(12)
  })

  test('asks for nothing from outside', () => {
    const html = page(four)
      .replaceAll('xmlns="http://www.w3.org/2000/svg"', '')
      .replaceAll('xmlns:xlink="http://www.w3.org/1999/xlink"', '')
    expect(html).not.toMatch(/https?:|<script|<link|@import|url\(/)
    const sources = [...html.matchAll(/(?:src|href)="(.{0,22})/g)].map(m => m[1])
    expect(sources.length).toBeGreaterThan(20)
    for (const source of sources) expect(source).toBe('data:image/png;base64,')
  })

  test('is the same each time', () => expect(page(four)).toBe(page(four)))

  // What a run holds and the page shows; each moved by more than the page rounds away.
  const moved: Record<string, (run: Run) => Partial<Run>> = {
    closed: run => ({ closed: { ...run.closed, medium: run.closed.medium - 0.1 } }),
    ncm: run => ({ closed: { ...run.closed, ncm: { ...run.closed.ncm, few: run.closed.ncm.few + 0.1 } } }),
    p1: run => ({ p1: { ...run.p1, rank5: run.p1.rank5 - 0.1 } }),
    p2: run => ({ p2: { ...run.p2, tar2: run.p2.tar2 - 0.1 } }),
    roc: run => ({
      p2: { ...run.p2, roc: run.p2.roc.map(([far, tar], k) => [far, k === 20 ? tar + 0.1 : tar]) },
    }),
    angle: run => ({
      classes: run.classes.map((c, j) => (j === 0 ? { ...c, angle: (c.angle ?? 0) + 0.2 } : c)),
    }),
    size: run => ({ classes: run.classes.map((c, j) => (j === 0 ? { ...c, size: c.size + 40 } : c)) }),
    curve: run => ({ curve: run.curve.map(([step, loss], k) => [step, k === 100 ? loss + 2 : loss]) }),
    evaluations: run => ({
      evaluations: run.evaluations.map(([step, rank1, map]) => [step, rank1, map - 0.1]),
    }),
    trainSeconds: run => ({ trainSeconds: run.trainSeconds + 1000 }),
  }

  test.each(Object.keys(moved))('shows %s of every run', what => {
    const before = page(four)
    check(
      fc.property(fc.nat(four.length - 1), at => {
        const changed = four.map((run, k) => (k === at ? { ...run, ...moved[what](run) } : run))
        expect(page(changed)).not.toBe(before)
      }),
      3,
    )
  })

  test('has means and deviations as computed by hand, and the best in bold', () => {
    const few = [0.5, 0.6, 0.62, 0.68]
    const runs = runsOf(['cosFace-x1', 'irCosFace-previous'], [0, 1]).map((run, k) => ({
      ...run,
      closed: { ...run.closed, few: [few[0], few[2], few[1], few[3]][k] },
    }))
    const table = page(runs).split('<h2>Closed set')[1].split('</table>')[0]
    expect(table).toContain('>55.0 <small>± 7.1</small></td>')
    expect(table).toMatch(/class="best[^>]*>65\.0 <small>± 4\.2<\/small>/)
    const change = page(runs).split('<h2>What class centres change')[1].split('</table>')[0]
    expect(change).toMatch(
      /IR-CosFace previous − CosFace x1.*?<td class="best start">\+10\.0<br><small>2 of 2<\/small>/,
    )
  })
})

describe('what is drawn', () => {
  test('the images of matches are those of the set, black on white, and right and wrong differ in more than colour', () => {
    const [run] = runsOf(['cosFace-x1'], [0])
    const html = page([run])
    const images = [...html.matchAll(/<img src="data:image\/png;base64,([^"]*)"/g)].map(m => m[1])
    const expected = run.matches.flatMap(({ query, found }) => [query, ...found.map(f => f.image)])
    expect(images.length).toBe(expected.length)
    for (const [k, i] of expected.entries()) {
      const { data, width, height } = PNG.sync.read(Buffer.from(images[k], 'base64'))
      expect([width, height]).toEqual([28, 28])
      const ink = Array.from({ length: 784 }, (_, p) => 255 - data[4 * p])
      expect(ink).toEqual([...set.images.subarray(i * 784, (i + 1) * 784)])
    }
    const marks = [...html.matchAll(/<li class="tile (right|wrong)">.*?<span>(.)<\/span>/g)].map(
      m => `${m[1]} ${m[2]}`,
    )
    const verdicts = run.matches.flatMap(m => m.found.map(f => (f.right ? 'right ✓' : 'wrong ✗')))
    expect(new Set(verdicts).size).toBe(2)
    expect(marks).toEqual(verdicts)
  })

  test('the retrieval picture has the best variant of either kind, or the best two of one', () => {
    const level = (run: Run, map: number): Run => ({ ...run, p2: { ...run.p2, map } })
    const names = (losses: string[], maps: number[]): string[] =>
      shownOf(variantsOf(losses.map((loss, k) => level(glyphRun(loss, 0), maps[k])))).map(v => v.name)
    expect(
      names(['cosFace-x1', 'normFace-x1', 'irCosFace-previous', 'irNormFace-previous'], [0.4, 0.5, 0.2, 0.1]),
    ).toEqual(['normFace-x1', 'irCosFace-previous'])
    expect(names(['cosFace-x1', 'normFace-x1', 'arcFace-x1'], [0.4, 0.3, 0.5])).toEqual([
      'arcFace-x1',
      'cosFace-x1',
    ])
  })

  test('the lines of one picture all look different, however many losses there are', () => {
    const families = ['softmax', 'normFace', 'sphereFace', 'cosFace', 'arcFace']
    const all = families.flatMap(family => {
      const ir = `ir${family[0].toUpperCase()}${family.slice(1)}`
      return [`${family}-x1`, `${family}-x3`, `${family}-x10`, `${ir}-ema`, `${ir}-previous`]
    })
    check(
      fc.property(fc.shuffledSubarray(all, { minLength: 1 }), losses => {
        const variants = variantsOf(losses.map(loss => glyphRun(loss, 0)))
        expect(variants.map(v => v.name).sort()).toEqual([...losses].sort())
        const styles = stylesOf(variants)
        for (const panel of panelsOf(variants)) {
          const looks = panel.variants.map(v => JSON.stringify(styles.of(v)))
          expect(new Set(looks).size).toBe(looks.length)
          for (const v of panel.variants) expect(styles.of(v).dash === 'none').toBe(v.ir)
        }
        const drawn = new Set(variants.map(v => JSON.stringify(styles.of(v))))
        const keys = styles.keys.map(({ color, dash }) => JSON.stringify({ color, dash }))
        expect(new Set(keys)).toEqual(drawn)
      }),
      200,
    )
  })

  test('two dozen losses: all in the tables, pictures by margin', () => {
    const families = ['softmax', 'normFace', 'sphereFace', 'cosFace', 'arcFace', 'lSoftmax']
    const losses = families
      .flatMap(f => [f, `ir${f[0].toUpperCase()}${f.slice(1)}`])
      .flatMap(f => (f.startsWith('ir') ? [`${f}-ema`, `${f}-previous`] : [`${f}-x1`, `${f}-x3`]))
    const html = report(runsOf(losses, [0]), set, about)
    const table = html.split('<h2>Closed set')[1].split('</table>')[0]
    expect(table.match(/<th scope="row">/g)?.length).toBe(24)
    expect(html).toContain('<h3>L-Softmax, P1: seen fonts</h3>')
    expect(words(html)).not.toMatch(/NaN|undefined|Infinity/)
  })
})

describe('what little there may be', () => {
  const bare: Partial<Run> = { evaluations: [], matches: [], curve: [] }

  test('one run: no comparison, no spread, no bold', () => {
    const html = page([four[0]])
    expect(headings(html)).not.toContain('In short')
    expect(headings(html)).not.toContain('What class centres change')
    expect(html).not.toMatch(/±|class="best/)
    expect(words(html)).not.toMatch(/NaN|undefined|Infinity/)
  })

  test('without a run it says so', () => expect(page([])).toContain('No run was done'))

  test('without angles, evaluations, matches and curves', () => {
    const classes = four[0].classes.map(c => ({ ...c, angle: null }))
    const html = page(four.map(run => ({ ...run, ...bare, classes })))
    expect(html).toContain('No class has a prototype and a centre')
    expect(html).toContain('No run has kept queries')
    expect(html).not.toContain('along the way')
    expect(html).not.toMatch(/NaN|undefined|Infinity/)
  })

  test('some null angles among others are left out', () => {
    const classes = four[0].classes.map((c, j) => ({ ...c, angle: j % 2 ? null : c.angle }))
    const html = page([{ ...four[0], classes }])
    const [angles] = pictures(html).filter(p => p.includes('Angle between'))
    const dots = (angles.match(/<circle/g) ?? []).length
    expect(dots).toBe(
      classes.length / 2 +
        medians(classes.flatMap(c => (c.angle === null ? [] : [{ size: c.size, angle: c.angle }]))).length,
    )
  })

  test('figures that are not defined are dashes', () => {
    const none = { all: Number.NaN, many: Number.NaN, medium: Number.NaN, few: Number.NaN }
    const roc: Run['p1']['roc'] = [[1e-3, Number.NaN]]
    const runs = four.map(run => ({
      ...run,
      classes: [],
      closed: { ...none, ncm: none },
      p1: { ...run.p1, tar: Number.NaN, roc },
    }))
    const html = page(runs)
    expect(html).toContain('>–</td>')
    expect(words(html)).not.toMatch(/NaN|undefined|Infinity/)
  })

  test('a class of one size, and a single step', () => {
    const classes = [{ identity: 'A', size: 1, angle: 0 }]
    const html = page([{ ...four[0], classes, curve: [[1, 2]], evaluations: [[1, 0.5, 0.4]] }])
    expect(words(html)).not.toMatch(/NaN|undefined|Infinity/)
  })

  test('names of characters and fonts, and what went wrong, are text and not markup', () => {
    const strange = {
      ...set,
      identities: set.identities.map(i => ({ ...i, name: '<script>"&' })),
      families: set.families.map(() => 'a" onload="x<b>'),
    }
    const html = report(four, strange, { job, partial: ['ArcFace, seed 4 (loss <b> & "NaN")'] })
    expect(html).toContain('alt="&lt;script&gt;&quot;&amp; in a&quot; onload=&quot;x&lt;b&gt;, right"')
    expect(html).toContain('ArcFace, seed 4 (loss &lt;b&gt; &amp; &quot;NaN&quot;)')
    expect(html).not.toMatch(/<script|" onload="|<b>/)
  })
})
