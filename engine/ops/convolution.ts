import type { Convolution, NDArray } from '../backends/backend.ts'
import { checkInteger, type OptionNames } from '../check.ts'
import { memo } from '../memo.ts'
import type { Generator } from '../random.ts'
import { bind, format, type Shape, sameShape } from '../shape.ts'
import { outputSize, samplePadding, WINDOW, type WindowOptions } from './window.ts'

export interface ConvOptions extends WindowOptions {
  /** Channels are split in this many groups that do not see each other. Default 1. */
  groups?: number
}

export const CONV = { ...WINDOW, groups: true } as const satisfies OptionNames<ConvOptions>

/** One object for each geometry, by which backends find what they planned for it. */
const only = memo((g: Convolution) => g)

/** The geometry of a convolution of these shapes; throws when they do not fit. */
export function convolution(op: string, x: Shape, w: Shape, options: ConvOptions): Convolution {
  const { groups = 1 } = options
  bind(op, 'x[N,H,W,C] w[KH,KW,I,O] -> [N]', { x, w })
  const [batch, height, width, inChannels] = x
  const [kh, kw, perGroup, outChannels] = w
  checkInteger(op, 'groups', groups, 1)
  if (inChannels !== perGroup * groups || outChannels % groups !== 0) {
    const channelsFirst = inChannels !== perGroup * groups && height === perGroup * groups
    const hint = channelsFirst ? '; permute([0, 2, 3, 1]) makes [N,H,W,C] of [N,C,H,W]' : ''
    throw new Error(
      `${op}: C = I groups and O a multiple of groups expected, got C = ${inChannels}, I = ${perGroup}, O = ${outChannels}, groups = ${groups}${hint}`,
    )
  }
  const window = outputSize(op, [height, width], [kh, kw], options)
  // The spread comes last: V8 makes a hidden class of its own for each object whose first part is spread.
  return only({ batch, groups, inChannels, outChannels, ...window })
}

/** Is there nothing to add up, or nowhere to put it? Kernels need not know of such. */
export const empty = (x: NDArray, y: NDArray, z: Shape): boolean =>
  [x.shape, y.shape, z].some(shape => shape.includes(0))

export const xShape = (g: Convolution): Shape => [g.batch, ...g.input, g.inChannels]
export const wShape = (g: Convolution): Shape => [...g.kernel, g.inChannels / g.groups, g.outChannels]
export const zShape = (g: Convolution): Shape => [g.batch, ...g.output, g.outChannels]
const SHAPES = { x: xShape, w: wShape, dz: zShape }

/** `output`. Throws unless the inputs have the shapes of `g`. */
export function agreeing(
  op: string,
  g: Convolution,
  inputs: Readonly<Partial<Record<'x' | 'w' | 'dz', Shape>>>,
  output: Shape,
): Shape {
  for (const name in inputs) {
    const [given, expected] = [inputs[name as 'x'], SHAPES[name as 'x'](g)]
    if (given === undefined || sameShape(given, expected)) continue
    throw new Error(`${op}: ${name} of shape ${format(expected)} expected, got ${format(given)}`)
  }
  return output
}

export function sampleConvolution(rng: Generator): { x: Shape; w: Shape; g: Convolution } {
  const groups = rng.integer(1, 2)
  const options: ConvOptions = {
    stride: rng.integer(1, 2),
    padding: samplePadding(rng, 2),
    dilation: [rng.integer(1, 2), 1],
    groups,
  }
  const x = [rng.integer(1, 2), rng.integer(3, 5), rng.integer(3, 5), groups * rng.integer(1, 2)]
  const w = [rng.integer(1, 2), rng.integer(1, 3), x[3] / groups, groups * rng.integer(1, 2)]
  return { x, w, g: convolution('conv2d', x, w, options) }
}
