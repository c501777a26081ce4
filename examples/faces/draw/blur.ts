/** An RGB image blurred by a Gaussian of standard deviation `sigma`, in pixels; at the edges it goes on as its last pixel.  [side,side,3] */
export function blurred(image: Float64Array, side: number, sigma: number): Float64Array {
  if (sigma === 0) return image
  const reach = Math.ceil(2.5 * sigma)
  const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-(((i - reach) / sigma) ** 2) / 2),
  )
  const total = weights.reduce((a, b) => a + b, 0)
  return along(along(image, 3, 3 * side), 3 * side, 3)

  /** Along lines whose places are `stride` apart; the lines of a channel `apart`. */
  function along(from: Float64Array, stride: number, apart: number): Float64Array {
    const to = new Float64Array(from.length)
    for (let line = 0; line < side; line++) {
      for (let channel = 0; channel < 3; channel++) {
        const start = line * apart + channel
        for (let i = 0; i < side; i++) {
          let sum = 0
          for (let k = -reach; k <= reach; k++) {
            sum += weights[k + reach] * from[start + stride * Math.min(side - 1, Math.max(0, i + k))]
          }
          to[start + stride * i] = sum / total
        }
      }
    }
    return to
  }
}
