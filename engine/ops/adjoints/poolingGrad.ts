import type { Backend, NDArray, Window } from '../../backends/backend.ts'
import { distinct, reals } from '../../domain.ts'
import { apply, defineOp } from '../../op.ts'
import type { Generator } from '../../random.ts'
import { bind, format, type Shape } from '../../shape.ts'
import type { OpSpec } from '../../spec.ts'
import type { Tensor } from '../../tensor.ts'
import { type Averaging, counted, recounted } from '../averaging.ts'
import { offImage, outputSize, type Pair, samplePadding, WINDOW_ATTRS } from '../window.ts'

/** z = for each window of x, v at the place where x is largest: maxPool2d with the choice held fixed, linear in v. */
export const maxPool2dGather = (v: Tensor, x: Tensor, g: Window): Tensor =>
  apply(maxPool2dGatherOp, { v, x }, g)
export const maxPool2dGatherOp: OpSpec<'v' | 'x', Window> = defineOp<'v' | 'x', Window>({
  name: 'maxPool2dGather',
  signature: 'v[N,H,W,C] x[N,H,W,C] -> [N,P,Q,C]',
  equation: 'v[argmax over each window of x]',
  domain: { v: reals, x: distinct },
  examples: [
    {
      inputs: { v: [[[[5], [6]]]], x: [[[[2], [1]]]] },
      attrs: outputSize('maxPool2dGather', [1, 2], [1, 2], {}),
      z: [[[[5]]]],
    },
  ],
  attrs: WINDOW_ATTRS,
  sample(rng) {
    const { shapes, attrs } = samplePooling(rng)
    return { shapes: { v: shapes.x, x: shapes.x }, attrs }
  },
  shape({ v, x }, g) {
    bind('maxPool2dGather', 'v[N,H,W,C] x[N,H,W,C] -> [N]', { v, x })
    return agreeing('maxPool2dGather', g, { x }, pooled(x, g))
  },
  forward: (k, { v, x }, g) => k.maxPool2d(v, x, g),
  reads: { v: ['x'], x: [] },
  vjp: {
    v: ({ dz, inputs: { x }, attrs: g }) => apply(maxPool2dGradOp, { dz, x }, g),
    x: 'nondifferentiable',
  },
})

/** The adjoint of maxPool2d: dz goes to where x is largest in its window. */
export const maxPool2dGradOp: OpSpec<'dz' | 'x', Window> = defineOp<'dz' | 'x', Window>({
  name: 'maxPool2dGrad',
  signature: 'dz[N,P,Q,C] x[N,H,W,C] -> [N,H,W,C]',
  equation: 'dx[argmax over each window of x] += dz',
  domain: { dz: reals, x: distinct },
  examples: [
    {
      inputs: { dz: [[[[5]]]], x: [[[[2], [1]]]] },
      attrs: outputSize('maxPool2dGrad', [1, 2], [1, 2], {}),
      z: [[[[5], [0]]]],
    },
  ],
  sample(rng) {
    const { shapes, attrs } = samplePooling(rng)
    return { shapes: { dz: pooled(shapes.x, attrs), x: shapes.x }, attrs }
  },
  attrs: WINDOW_ATTRS,
  shape({ dz, x }, g) {
    bind('maxPool2dGrad', 'dz[N,P,Q,C] x[N,H,W,C] -> [N]', { dz, x })
    return agreeing('maxPool2dGrad', g, { x, z: dz }, x)
  },
  forward: (k, { dz, x }, g) => k.maxPool2dGrad(dz, x, g),
  reads: { dz: ['x'], x: [] },
  vjp: {
    dz: ({ dz: dx, inputs: { x }, attrs: g }) => maxPool2dGather(dx, x, g),
    x: 'nondifferentiable',
  },
})

/** The adjoint of avgPool2d, which is its own: each window gives its dz in equal parts to the places it covers. */
export const avgPool2dGradOf = (avgPool2d: (x: Tensor, g: Averaging) => Tensor): OpSpec<'dz', Averaging> =>
  defineOp<'dz', Averaging>({
    name: 'avgPool2dGrad',
    signature: 'dz[N,P,Q,C] -> [N,H,W,C]',
    equation: 'dx = sum over the windows of dz / area',
    domain: { dz: reals },
    examples: [
      {
        inputs: { dz: [[[[4]]]] },
        attrs: { ...outputSize('avgPool2dGrad', [1, 2], [1, 2], {}), counted: 'all' },
        z: [[[[2], [2]]]],
      },
    ],
    sample(rng) {
      const { shapes, attrs } = sampleAveraging(rng)
      return { shapes: { dz: pooled(shapes.x, attrs) }, attrs }
    },
    attrs: { ...WINDOW_ATTRS, counted },
    shape: ({ dz }, g) => agreeing('avgPool2dGrad', g, { z: dz }, [dz[0], ...g.input, dz[3]]),
    forward: (k, { dz }, g, shape) =>
      shape.includes(0) ? k.fill(0, shape, dz.dtype) : averagedGrad(k, dz, g),
    reads: { dz: [] },
    vjp: { dz: ({ dz: dx, attrs: g }) => avgPool2d(dx, g) },
  })

/** `output`. Throws unless the inputs have the shapes of `g`. */
export function agreeing(
  op: string,
  g: Window,
  { x, z }: { readonly x?: Shape; readonly z?: Shape },
  output: Shape,
): Shape {
  if (x !== undefined) checkImage(op, x, g.input)
  if (z !== undefined) checkImage(op, z, g.output)
  return output
}

function checkImage(op: string, shape: Shape, [height, width]: Pair): void {
  if (shape.length === 4 && shape[1] === height && shape[2] === width) return
  throw new Error(`${op}: a shape of [N,${height},${width},C] expected, got ${format(shape)}`)
}

export const pooled = (x: Shape, g: Window): Shape => [x[0], ...g.output, x[3]]

export function samplePooling(rng: Generator): { shapes: { x: Shape }; attrs: Window } {
  const kernel: Pair = [rng.integer(1, 3), rng.integer(2, 3)]
  const input: Pair = [rng.integer(3, 5), rng.integer(3, 5)]
  const options = {
    stride: rng.integer(1, 2),
    padding: samplePadding(rng, 1),
    ceilMode: rng.uniform() < 0.5,
    dilation: input[0] < 5 ? 1 : ([rng.integer(1, 2), 1] as const),
  }
  const x = [rng.integer(1, 2), ...input, rng.integer(1, 2)]
  const attrs = outputSize('pool', input, kernel, options)
  return offImage(attrs) === undefined ? { shapes: { x }, attrs } : samplePooling(rng)
}

export function sampleAveraging(rng: Generator): { shapes: { x: Shape }; attrs: Averaging } {
  const { shapes, attrs } = samplePooling(rng)
  const some = (): Pair => [rng.integer(0, 1), rng.integer(0, 1)]
  return { shapes, attrs: { ...attrs, counted: rng.uniform() < 0.4 ? 'all' : [some(), some()] } }
}

function averagedGrad(k: Backend, dz: NDArray, g: Averaging): NDArray {
  const share = recounted(k, dz, g)
  const dx = k.avgPool2dGrad(share, g)
  if (share !== dz) k.free(share.buffer)
  return dx
}
