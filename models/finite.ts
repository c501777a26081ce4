import { type Tensor, type TypedArray, tidy } from '../engine/index.ts'
import { sums } from '../engine/sums.ts'
import { atOnce, type Reading } from './reading.ts'

type Tensors = Readonly<Record<string, Tensor>>

/**
 * The sums of tensors, those of one backend and dtype in one tensor [T], and so usually all: one readback tells of all of
 * them. A sum is not finite where an element is not. That it may overflow without one is for a second look. `of` makes other
 * figures.
 */
export const sumsOf = (tensors: readonly Tensor[], of = sums): Tensor[] =>
  kindsOf(tensors).map(places => of(places.map(i => tensors[i])))

/** Is all finite, by the values of `sumsOf`? */
export const allFinite = (sums: readonly TypedArray[]): boolean =>
  sums.every(values => values.every(value => Number.isFinite(value)))

/** Each sum by the name of its tensor, from the values of `sumsOf` of these tensors, in their order. */
export function byName(tensors: Tensors, sums: readonly TypedArray[]): Record<string, number> {
  const names = Object.keys(tensors)
  const named = kindsOf(Object.values(tensors)).map((places, kind) =>
    places.map((i, place) => [names[i], sums[kind][place]]),
  )
  return Object.fromEntries(named.flat())
}

/** The places of those that go together; integers are finite. */
function kindsOf(tensors: readonly Tensor[]): number[][] {
  const kinds: number[][] = []
  for (let i = 0; i < tensors.length; i++) {
    const { backend, dtype } = tensors[i]
    if (dtype === 'int32') continue
    const kind = kinds.find(([j]) => tensors[j].backend === backend && tensors[j].dtype === dtype)
    if (kind === undefined) kinds.push([i])
    else kind.push(i)
  }
  return kinds
}

/** The names of numbers that are not finite. */
export const suspects = (numbers: Readonly<Record<string, number>>): string[] =>
  Object.keys(numbers).filter(name => !Number.isFinite(numbers[name]))

/** Which of a batch's samples hold what, where it is not finite: x[B,...] samples[B]. '' where all are. */
export function oddSamples(x: TypedArray, samples: ArrayLike<number>): string {
  const width = x.length / samples.length
  const odd = Array.from(samples).flatMap((sample, i) => {
    const value = x.subarray(i * width, (i + 1) * width).find(v => !Number.isFinite(v))
    return value === undefined ? [] : [`${value} in x of sample ${sample}`]
  })
  return odd.join(', ')
}

/** Throws when one of these gradients is not finite, and names those; `tail` ends the error. */
export const checkGradients = (op: string, grads: Tensors, names: readonly string[], tail = '') =>
  checkEach(`${op}: finite gradients expected`, 'that of ', grads, names, tail)

/** The same of what a step would leave behind: parameters, and whatever else the next steps depend on. */
export const checkLeft = (op: string, left: Tensors, names: readonly string[], tail = '') =>
  checkEach(`${op}: finite parameters and state expected`, '', left, names, tail)

function* checkEach(
  expected: string,
  before: string,
  tensors: Tensors,
  names: readonly string[],
  tail: string,
): Reading<void> {
  const read = yield names.map(name => tensors[name])
  const wrong = names.flatMap((name, i) => {
    const value = read[i].find(v => !Number.isFinite(v))
    return value === undefined ? [] : [`${value} in ${before}${name}`]
  })
  if (wrong.length > 0) throw new Error(`${expected}, got ${wrong.join(', ')}${tail}`)
}

/** Throws where numbers are not finite, by `check`, which names them; does nothing on a backend that answers later. */
export function refuseNotFinite(op: string, tensors: Tensors, check = checkGradients): void {
  if (Object.values(tensors).some(t => !t.backend.synchronous)) return
  const read = tidy(() => sumsOf(Object.values(tensors)).map(t => t.dataSync()))
  if (allFinite(read)) return
  const names = suspects(byName(tensors, read))
  if (names.length > 0) atOnce(check(op, tensors, names))
}
