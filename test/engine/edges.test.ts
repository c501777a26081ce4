import { beforeAll, describe, expect, it } from 'vitest'
import type { Backend, Binary, Unary } from '../../engine/backends/backend.ts'
import { BINARY, UNARY } from '../../engine/backends/reference/elementwise.ts'
import { subjects } from '../support/backends.ts'
import { excepted } from '../support/exceptions.ts'

/** Where functions have their edges: zeros, infinities, NaN, what is below the normal numbers, and what is huge. */
const EDGES = Float32Array.from(
  [0, 1e-40, 2 ** -126, 1e-20, 0.5, 1, 2, 3, 40, 100, 1e5, 1e10, 3e38, Infinity].flatMap(x => [x, -x]),
)
const VALUES = Float32Array.of(...EDGES, Number.NaN)
const PAIRS = [...VALUES].flatMap(x => [...VALUES].map(y => [x, y]))

const SMALLEST = 2 ** -126

/**
 * Fails unless x is y in float32: NaN, the infinities and the sign of a zero exactly, else within `tolerance`. Where
 * numbers below the normal ones may be taken for 0, a result may be what is right for 0: one of `others`, or 0 itself.
 */
function expectEdge(
  x: number,
  [y, ...others]: readonly number[],
  { tolerance, smallest = 0 }: { tolerance: number; smallest?: number },
  what: string,
): void {
  const is = (z: number): boolean => {
    const e = Math.fround(z)
    if (Number.isNaN(e) || !Number.isFinite(e) || e === 0) return Object.is(x, e)
    return Math.abs(x - e) <= tolerance * Math.abs(e) + 2 ** -148
  }
  if (is(y) || others.some(is)) return
  if (Math.abs(x) <= smallest && [y, ...others].some(z => Math.abs(z) <= 2 * smallest)) return
  // What rounds to Infinity may be the largest float, and the other way round.
  if (Math.abs(y) > 3.4e38 && Number.isFinite(y) && Math.abs(x) > 3.4e38 && x > 0 === y > 0) return
  expect.fail(`${what}: ${y} expected, got ${x}`)
}

/** x, and where the device takes it for one, a zero. */
const flushed = (x: number, smallest?: number): number[] =>
  smallest !== undefined && x !== 0 && Math.abs(x) < SMALLEST ? [x, x < 0 ? -0 : 0] : [x]

describe.each(subjects())('edges on $name', ({ name, create, ...accuracy }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })

  it.each(Object.keys(UNARY) as Unary[])('%s', async f => {
    if (excepted(name, f, 'other')) return
    const z = await backend.read(backend.unary(f, backend.upload(VALUES, [VALUES.length], 'float32')))
    VALUES.forEach((x, i) => {
      expectEdge(z[i], flushed(x, accuracy.smallest).map(UNARY[f]), accuracy, `${f} ${x}`)
    })
  })

  it.each(Object.keys(BINARY) as Binary[])('%s', async f => {
    if (excepted(name, f, 'other')) return
    const [x, y] = [0, 1].map(i =>
      backend.upload(
        Float32Array.from(PAIRS, pair => pair[i]),
        [PAIRS.length],
        'float32',
      ),
    )
    const z = await backend.read(backend.binary(f, x, y, [PAIRS.length]))
    PAIRS.forEach(([a, b], i) => {
      const right = flushed(a, accuracy.smallest).flatMap(p =>
        flushed(b, accuracy.smallest).map(q => BINARY[f](p, q)),
      )
      expectEdge(z[i], right, accuracy, `${f} ${a} ${b}`)
    })
  })
})
