import { axes, axis, each } from '../attrs.ts'
import { checkInteger, checkList, refusal } from '../check.ts'
import { anyDType } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import { format, normalizeAxis, type Shape } from '../shape.ts'
import type { OpSpec } from '../spec.ts'
import { checkTensor, type Tensor } from '../tensor.ts'
import { checkWithin, interiorPadOf, type Region, sampleRegion } from './adjoints/interiorPad.ts'
import { reverse } from './reverse.ts'

const signature = 'x[...] -> [...]'

/** z's axis i is x's axis axes[i].  x[...] -> [...] */
export function permute(x: Tensor, axes: readonly number[]): Tensor {
  checkTensor('permute', 'x', x)
  checkList('permute', 'axes', axes, 'such as [1, 0]')
  return apply(permuteOp, { x }, { axes: axes.map(a => normalizeAxis('permute', a, x.rank)) })
}
export const permuteOp = defineOp<'x', { axes: readonly number[] }>({
  name: 'permute',
  signature,
  equation: 'z[i_axes] = x[i]',
  domain: { x: anyDType },
  attrs: { axes: axes('x') },
  examples: [{ inputs: { x: [[1, 2, 3]] }, attrs: { axes: [1, 0] }, z: [[1], [2], [3]] }],
  sample(rng) {
    const x = [rng.integer(1, 3), rng.integer(1, 3), rng.integer(1, 3)]
    return { shapes: { x }, attrs: { axes: [...rng.permutation(3)] } }
  },
  shape({ x }, { axes }) {
    if (axes.length !== x.length) {
      throw new Error(`permute: each of the ${x.length} axes once expected, got ${format(axes)}`)
    }
    return axes.map(a => x[a])
  },
  forward: (k, { x }, { axes }) => k.permute(x, axes),
  reads: { x: [] },
  vjp: {
    x: ({ dz, attrs: { axes } }) =>
      permute(
        dz,
        axes.map((_, i) => axes.indexOf(i)),
      ),
  },
})

/** z = x with two axes exchanged, by default the last two.  x[...,M,N] -> [...,N,M] */
export function transpose(x: Tensor, axis0 = -2, axis1 = -1): Tensor {
  checkTensor('transpose', 'x', x)
  const [a, b] = [axis0, axis1].map(axis => normalizeAxis('transpose', axis, x.rank))
  return apply(transposeOp, { x }, { axis0: a, axis1: b })
}
export const transposeOp = defineOp<'x', { axis0: number; axis1: number }>({
  name: 'transpose',
  signature,
  equation: 'x with two axes exchanged',
  domain: { x: anyDType },
  attrs: { axis0: axis('x'), axis1: axis('x') },
  examples: [{ inputs: { x: [[1, 2, 3]] }, attrs: { axis0: 0, axis1: 1 }, z: [[1], [2], [3]] }],
  sample(rng) {
    const x = [rng.integer(1, 3), rng.integer(1, 3), rng.integer(1, 3)]
    return { shapes: { x }, attrs: { axis0: rng.integer(0, 2), axis1: rng.integer(0, 2) } }
  },
  shape: ({ x }, attrs) => exchanged(x, attrs).map(axis => x[axis]),
  compose: ({ x }, attrs) => permute(x, exchanged(x.shape, attrs)),
})

/** The axes of x with two of them exchanged. */
function exchanged(x: Shape, { axis0, axis1 }: { axis0: number; axis1: number }): number[] {
  return x.map((_, i) => (i === axis0 ? axis1 : i === axis1 ? axis0 : i))
}

/**
 * z[i] = x[start + i * step], axis by axis, as Python's x[start:stop:step]: up to but without `stop`. Axes that are left out,
 * as undefined or behind the others, are taken whole; negative starts and stops count from the end, and those beyond an end
 * stand for it. A negative step goes backwards, from the last place where `start` is left out; a stop of -n - 1 or less, or
 * none, lets it reach the first. Throws on a step of 0.  x[...] -> [...]
 */
export function slice(x: Tensor, start: Places = [], stop: Places = [], step: Places = []): Tensor {
  checkTensor('slice', 'x', x)
  for (const [name, places] of Object.entries({ start, stop, step })) checkPlaces(name, places, x.rank)
  const runs = x.shape.map((n, i) => runOf(n, start[i], stop[i], step[i]))
  const region = {
    begin: runs.map(({ begin }) => begin),
    step: runs.map(({ apart }) => Math.abs(apart)),
    shape: runs.map(({ count }) => count),
  }
  const backwards = runs.flatMap(({ apart }, i) => (apart < 0 ? [i] : []))
  const z = apply(sliceOp, { x }, region)
  return backwards.length === 0 ? z : reverse(z, backwards)
}

/** One an axis; undefined is Python's None. */
type Places = readonly (number | undefined)[]

/** The lowest place that a slice along an axis of n takes, how far its places lie apart, and how many there are. */
function runOf(n: number, start: number | undefined, stop: number | undefined, apart = 1) {
  if (apart > 0) {
    const begin = from(start ?? 0, n)
    return { begin, apart, count: Math.max(0, Math.ceil((from(stop ?? n, n) - begin) / apart)) }
  }
  // One further down at both ends: from n - 1 on, down to -1 and without it.
  const first = from(start ?? n, n, -1)
  const last = stop === undefined ? -1 : from(stop, n, -1)
  const count = Math.max(0, Math.ceil((first - last) / -apart))
  return { begin: count === 0 ? 0 : first + (count - 1) * apart, apart, count }
}

/** A place along an axis of n, negative ones from the end, between `low` and n + low. */
const from = (v: number, n: number, low = 0): number => Math.min(Math.max(v < 0 ? v + n : v, low), n + low)

/** Throws unless `value` is a list of integers, at most one an axis; a step is not 0. */
function checkPlaces(name: string, value: unknown, rank: number): void {
  checkList('slice', name, value, 'as in slice(x, [0], [1])')
  if (value.length > rank) throw refusal('slice', `${name} of at most ${rank} integers, one an axis,`, value)
  for (let i = 0; i < value.length; i++) {
    if (value[i] === undefined) continue
    checkInteger('slice', name, value[i])
    if (name === 'step' && value[i] === 0) throw refusal('slice', 'step as an integer other than 0', 0)
  }
}

export const sliceOp: OpSpec<'x', Region> = defineOp<'x', Region>({
  name: 'slice',
  signature,
  equation: 'z[i] = x[begin + i * step]',
  domain: { x: anyDType },
  attrs: { begin: each('x', 0), step: each('x', 1), shape: each('x', 0) },
  examples: [{ inputs: { x: [1, 2, 3, 4] }, attrs: { begin: [1], step: [2], shape: [2] }, z: [2, 4] }],
  sample(rng) {
    const { inner, outer, begin, step } = sampleRegion(rng)
    return { shapes: { x: outer }, attrs: { begin, step, shape: inner } }
  },
  shape({ x }, region) {
    checkWithin('slice', region, region.shape, x)
    return region.shape
  },
  forward: (k, { x }, { begin, step, shape }) => k.slice(x, begin, step, shape),
  reads: { x: [] },
  vjp: {
    x: ({ dz, inputs: { x }, attrs: { begin, step } }) =>
      interiorPad(dz, { begin, step, shape: x.shape, value: 0 }),
  },
})

/** z = `value` but for z[begin + i * step] = x[i].  x[...] -> [...] */
export const interiorPad = (x: Tensor, attrs: Region & { value: number }): Tensor =>
  apply(interiorPadOp, { x }, attrs)
export const interiorPadOp = interiorPadOf((x, region) => apply(sliceOp, { x }, region))
