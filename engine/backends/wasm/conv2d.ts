import { memo } from '../../memo.ts'
import { sizeOf } from '../../shape.ts'
import type { Backend, Convolution, NDArray } from '../backend.ts'
import type { Context } from './context.ts'
import { correlate, type Epilogue, type Plan, planOf, RELU } from './correlate.ts'
import { depthwise, depthwiseAdjoint, depthwiseForward } from './depthwise.ts'
import { repeat } from './elementwise.ts'
import { isNarrow } from './narrowGroups.ts'
import { forwardTaps, phasesOf, phaseTaps } from './window.ts'
import { type WinogradPlan, weightsOf, winograd, winogradPlan } from './winograd.ts'
import { stridedPays, tilingOf } from './winogradPays.ts'
import { type StridedPlan, stridedPlan, winogradStrided } from './winogradStrided.ts'

/**
 * Convolutions as matrix products without a matrix of patches: in NHWC the channels of a window's row lie side by side,
 * so the tile's inner loop runs over them in place. The adjoint in x is a convolution too, one for each phase of the
 * stride.
 *
 * What lies outside of an image counts as zeros that are multiplied like all else. So in the adjoint a weight that is not
 * finite makes NaN near the edges, where the reference leaves such products out: to do so here, each place there would
 * need a list of taps of its own.
 */
export const convolution = (context: Context) => {
  const forward = {
    exact: memo(forwardPlan),
    fewer: memo(tilesOf(false)),
    strided: memo(stridedOf),
    narrow: memo(depthwiseForward),
  }
  const adjoint = { exact: memo(adjointPlan), fewer: memo(tilesOf(true)), narrow: memo(depthwiseAdjoint) }
  const forwards = (x: NDArray, w: NDArray, g: Convolution, epilogue: Epilogue): NDArray => {
    const tiles = context.exact ? undefined : forward.fewer(g)
    const strided = context.exact || tiles !== undefined ? undefined : forward.strided(g)
    const { array, at } = context.storage.allocate([g.batch, ...g.output, g.outChannels], x.dtype)
    const [xAt, wAt] = [context.storage.at(x), context.storage.at(w)]
    if (isNarrow(g)) depthwise(context, forward.narrow(g), xAt, wAt, at, epilogue)
    else if (tiles !== undefined) winograd(context, tiles, xAt, wAt, at, epilogue, w)
    else if (strided !== undefined) winogradStrided(context, strided, xAt, wAt, at, epilogue, w)
    else correlate(context, forward.exact(g), xAt, wAt, at, epilogue)
    return array
  }
  return {
    conv2d: (x, w, g, bias) =>
      forwards(x, w, g, bias === undefined ? {} : { bias: context.storage.at(bias) }),

    conv2dActivated(x, w, g, bias, slope) {
      const { memory, storage } = context
      const biasAt = storage.at(bias)
      if (slope === undefined) return forwards(x, w, g, { bias: biasAt, slopes: RELU })
      return memory.temporary(g.outChannels * 4, slopes => {
        repeat(context, storage.at(slope), sizeOf(slope.shape), slopes, g.outChannels)
        return forwards(x, w, g, { bias: biasAt, slopes })
      })
    },

    conv2dInputGrad(dz, w, g) {
      const tiles = context.exact ? undefined : adjoint.fewer(g)
      const { array, at } = context.storage.allocate([g.batch, ...g.input, g.inChannels], dz.dtype)
      const [dzAt, wAt] = [context.storage.at(dz), context.storage.at(w)]
      if (isNarrow(g)) depthwise(context, adjoint.narrow(g), dzAt, wAt, at)
      else if (tiles !== undefined) winograd(context, tiles, dzAt, wAt, at)
      else correlate(context, adjoint.exact(g), dzAt, wAt, at)
      return array
    },
  } satisfies Partial<Backend>
}

/** None where convolutions by their definition take less time. */
const tilesOf =
  (adjoint: boolean) =>
  (g: Convolution): WinogradPlan | undefined => {
    const tiling = tilingOf(g, adjoint)
    return tiling && winogradPlan(tiling, weightsOf(g, adjoint))
  }

const stridedOf = (g: Convolution): StridedPlan | undefined => (stridedPays(g) ? stridedPlan(g) : undefined)

function forwardPlan(g: Convolution): Plan {
  const [rows, columns] = g.output
  const [groupIn, groupOut] = perGroup(g)
  const pixel = g.outChannels * 4
  return planOf(g, {
    shape: [g.batch, rows, columns, g.outChannels],
    height: g.input[0],
    width: g.input[1],
    channels: g.inChannels,
    step: g.stride,
    phases: [{ taps: forwardTaps(g), rows, columns, z: 0 }],
    weights: { tap: groupIn * pixel, group: groupOut * 4, row: pixel, column: 4 },
    groupIn,
    groupOut,
    zImage: rows * columns * pixel,
    zRow: columns * pixel,
    zColumn: pixel,
  })
}

function adjointPlan(g: Convolution): Plan {
  const [height, width] = g.input
  const [groupIn, groupOut] = perGroup(g)
  const pixel = g.inChannels * 4
  return planOf(g, {
    shape: [g.batch, height, width, g.inChannels],
    height: g.output[0],
    width: g.output[1],
    channels: g.outChannels,
    step: [1, 1],
    phases: phasesOf(g).map(([ph, pw]) => ({
      taps: phaseTaps(g, ph, pw),
      rows: Math.ceil((height - ph) / g.stride[0]),
      columns: Math.ceil((width - pw) / g.stride[1]),
      z: (ph * width + pw) * pixel,
    })),
    weights: {
      tap: groupIn * g.outChannels * 4,
      group: groupOut * 4,
      row: 4,
      column: g.outChannels * 4,
    },
    groupIn: groupOut,
    groupOut: groupIn,
    zImage: height * width * pixel,
    zRow: g.stride[0] * width * pixel,
    zColumn: g.stride[1] * pixel,
  })
}

const perGroup = (g: Convolution): [number, number] => [g.inChannels / g.groups, g.outChannels / g.groups]
