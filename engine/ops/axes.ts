import { checkOptions, type OptionNames, refusal } from '../check.ts'
import { normalizeAxes, normalizeAxis } from '../shape.ts'
import { checkTensor, type Tensor } from '../tensor.ts'

/** One axis, or several; negative ones count from the right. */
export type Axis = number | readonly number[]

export interface AxisOptions {
  /** The axis, or axes, to go along. */
  axis?: Axis
}

/** What ops that go along axes take, all in the same place: an axis, a list of them, or options. */
export type Along<Options extends AxisOptions> = Axis | Options

/** The options that `given` is or stands for; nothing comes after it, as keepdims does elsewhere. */
export function alongOptions<Options extends AxisOptions>(
  op: string,
  given: Along<Options> | undefined,
  known: OptionNames<Options>,
  surplus?: readonly unknown[],
): Options {
  if (surplus !== undefined && surplus.length > 0) {
    throw refusal(
      op,
      `nothing after the axis but options in its place, { ${Object.keys(known).join(', ')} },`,
      surplus[0],
    )
  }
  if (typeof given === 'number' || Array.isArray(given)) return { axis: given } as Options
  const options = given as Options | undefined
  if (typeof options !== 'object' && options !== undefined) {
    throw refusal(op, `an axis, a list of axes, or { ${Object.keys(known).join(', ')} },`, options)
  }
  checkOptions(op, options, known)
  return options ?? ({} as Options)
}

/** Axes of x from the left, ascending; `otherwise` where none is given, by default all of them. */
export function axesOf(op: string, x: Tensor, axis: Axis | undefined, otherwise?: Axis): number[] {
  checkTensor(op, 'x', x)
  return normalizeAxes(op, axis ?? otherwise, x.rank)
}

const ONE = { axis: true } as const satisfies OptionNames<AxisOptions>

/** The one axis that `given` names, out of `rank`. */
export function oneAxis(
  op: string,
  given: Along<AxisOptions> | undefined,
  rank: number,
  otherwise: number,
): number {
  if (typeof given === 'number') return normalizeAxis(op, given, rank)
  const { axis = otherwise } = alongOptions(op, given, ONE)
  if (typeof axis === 'number') return normalizeAxis(op, axis, rank)
  if (!Array.isArray(axis) || axis.length !== 1) throw refusal(op, 'one axis', axis)
  return normalizeAxis(op, axis[0], rank)
}
