/** Red, green and blue, from 0 to 1. */
export type Color = readonly [number, number, number]

/** (1 - share) a + share b */
export const blend = (a: Color, b: Color, share: number): Color =>
  share === 0 ? a : [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]), a[2] + share * (b[2] - a[2])]

export const scaled = (a: Color, factor: number): Color => [a[0] * factor, a[1] * factor, a[2] * factor]

/** 0 below -width / 2, 1 above width / 2, and smooth between. */
export function step(x: number, width: number): number {
  const t = Math.min(1, Math.max(0, x / width + 0.5))
  return t * t * (3 - 2 * t)
}
