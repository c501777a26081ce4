import type { Backend, Convolution } from '../../backend.ts'
import type { Cell } from '../cell.ts'
import { type Core, cellOf } from '../core.ts'
import type { Band } from './band.ts'
import { type Axis, correlation } from './correlate.ts'
import { phasesOf } from './phases.ts'
import { plainConvolution } from './plainConvolution.ts'
import type { Fours } from './tile.ts'
import { weightGradient } from './weightGradient.ts'
import { packWeights } from './weights.ts'

/** The three products of a convolution, on cells. */
export interface Products {
  forward(x: Cell, w: Cell, g: Convolution, bias?: Cell): Cell
  input(dz: Cell, w: Cell, g: Convolution): Cell
  weight(x: Cell, dz: Cell, g: Convolution): Cell
}

type Kernels = Pick<Backend, 'conv2d' | 'conv2dInput' | 'conv2dWeight'>

export function convolution(core: Core): Kernels {
  const { tile } = core.device.traits
  const products = tile === undefined ? plainConvolution(core) : tiledConvolution(core, tile)
  /** Where nothing is summed the result is zeros, or the bias. */
  return {
    conv2d(x, w, g, bias) {
      const shape = [g.batch, ...g.output, g.outChannels]
      return core.array(products.forward(cellOf(x), cellOf(w), g, bias && cellOf(bias)), shape, x.dtype)
    },
    conv2dInput(dz, w, g) {
      const shape = [g.batch, ...g.input, g.inChannels]
      return core.array(products.input(cellOf(dz), cellOf(w), g), shape, dz.dtype)
    },
    conv2dWeight(x, dz, g) {
      const shape = [...g.kernel, g.inChannels / g.groups, g.outChannels]
      const empty = g.batch === 0
      const cell = empty
        ? core.zeros(shape.reduce((n, m) => n * m))
        : products.weight(cellOf(x), cellOf(dz), g)
      return core.array(cell, shape, x.dtype)
    },
  }
}

/** The part of x that a convolution reads, with its padding. */
export const forwardBand = (g: Convolution): Band => {
  const span = (a: 0 | 1): number => (g.output[a] - 1) * g.stride[a] + (g.kernel[a] - 1) * g.dilation[a] + 1
  return {
    ...{ batch: g.batch, height: g.input[0], width: g.input[1] },
    ...{ groups: g.groups, channels: g.inChannels / g.groups },
    ...{ top: g.padding[0], left: g.padding[1], rows: span(0), columns: span(1) },
  }
}

function tiledConvolution(core: Core, tile: Fours): Products {
  const correlate = correlation(core, tile)
  return {
    forward(x, w, g, bias) {
      const [channels, columns] = [g.inChannels / g.groups, g.outChannels / g.groups]
      const axis = (a: 0 | 1): Axis => ({
        ...{ phases: 1, output: g.output[a], places: g.output[a], taps: g.kernel[a] },
        ...{ step: g.stride[a], tap: g.dilation[a], lead: 0, padding: 0, dilation: 1 },
      })
      const taps = (a: 0 | 1) => ({
        ...{ phases: 1, taps: g.kernel[a], kernel: g.kernel[a], every: 1, padding: 0, dilation: 1 },
      })
      const weights = packWeights(core, w, {
        ...{ axes: [taps(0), taps(1)], groups: g.groups, channels, columns },
        ...{ channelStep: g.outChannels, columnStep: 1 },
        ...{ tapStep: channels * g.outChannels, groupStep: columns },
      })
      return correlate({ x, band: forwardBand(g), axes: [axis(0), axis(1)], weights, columns, bias })
    },

    input(dz, w, g) {
      const [channels, columns] = [g.outChannels / g.groups, g.inChannels / g.groups]
      const [rows, cols] = ([0, 1] as const).map(a =>
        phasesOf({
          ...{ kernel: g.kernel[a], stride: g.stride[a], padding: g.padding[a] },
          ...{ dilation: g.dilation[a], input: g.input[a] },
        }),
      )
      const axis = (a: 0 | 1): Axis => {
        const p = a === 0 ? rows : cols
        return {
          ...{ phases: g.stride[a], output: g.input[a], places: p.places, taps: p.taps },
          ...{ step: 1, tap: -p.back, lead: p.lead, padding: g.padding[a], dilation: g.dilation[a] },
        }
      }
      const taps = (a: 0 | 1) => {
        const p = a === 0 ? rows : cols
        return {
          ...{ phases: g.stride[a], taps: p.taps, kernel: g.kernel[a], every: p.every },
          ...{ padding: g.padding[a], dilation: g.dilation[a] },
        }
      }
      const weights = packWeights(core, w, {
        ...{ axes: [taps(0), taps(1)], groups: g.groups, channels, columns },
        ...{ channelStep: 1, columnStep: g.outChannels },
        ...{ tapStep: columns * g.outChannels, groupStep: channels },
      })
      const band: Band = {
        ...{ batch: g.batch, height: g.output[0], width: g.output[1], groups: g.groups, channels },
        ...{ top: rows.lead, left: cols.lead, rows: rows.padded, columns: cols.padded },
      }
      return correlate({ x: dz, band, axes: [axis(0), axis(1)], weights, columns })
    },

    weight: weightGradient(core, tile),
  }
}
