/** Rounds of pushing; some more than a ring of ten labels needs. */
const ROUNDS = 50

/** Angles in radians, in the order given, neighbours closer than `least` pushed apart around the circle. */
export function spread(angles: readonly number[], least: number): number[] {
  const order = angles.map((_, i) => i).sort((a, b) => angles[a] - angles[b])
  const moved = [...angles]
  for (let round = 0; round < ROUNDS && order.length > 1; round++) {
    order.forEach((i, k) => {
      const last = k === order.length - 1
      const next = order[last ? 0 : k + 1]
      const gap = moved[next] - moved[i] + (last ? 2 * Math.PI : 0)
      if (gap >= least) return
      moved[i] -= (least - gap) / 2
      moved[next] += (least - gap) / 2
    })
  }
  return moved
}
