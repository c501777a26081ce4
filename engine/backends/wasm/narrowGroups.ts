import type { Convolution } from '../backend.ts'

/*
 * Convolutions whose groups have 1 or 2 channels, as many in as out: a vector of channels then holds whole groups, so
 * that the kernels `depthwise` and `depthwiseWeightGradient` compute four channels at a time. With one channel a group
 * that is a depthwise convolution. Nothing is read outside of an image, so there is no copy with padding; and what is not finite
 * meets no 0 of the padding, with which it makes NaN in the reference.
 */

export const isNarrow = ({ groups, inChannels, outChannels }: Convolution): boolean =>
  groups > 1 && inChannels === outChannels && inChannels <= 2 * groups

/** What a tap costs, in floating-point operations a byte of the weights, memory traffic included. */
export const TAP_WORK = 1

export type Side = 0 | 1
export const sides = <T>(f: (side: Side) => T): [T, T] => [f(0), f(1)]

/**
 * A table of windows along one side, three numbers each, as the kernels want them: of the taps of each of `count` places,
 * where the first one within 0..size reads, where its weight lies, in bytes, and how many such taps there are. Those follow
 * one another at equal steps.
 */
export function windowsOf(
  count: number,
  taps: number,
  size: number,
  at: (place: number, tap: number) => number,
  bytes: { readonly data: number; readonly weight: number },
): number[] {
  return range(count).flatMap(i => {
    const seen = range(taps).filter(tap => isWithin(at(i, tap), size))
    return seen.length === 0 ? [0, 0, 0] : [at(i, seen[0]) * bytes.data, seen[0] * bytes.weight, seen.length]
  })
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

const isWithin = (at: number, size: number): boolean => Number.isInteger(at) && at >= 0 && at < size
