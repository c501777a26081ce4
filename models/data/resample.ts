/** Along one axis of an image. */
export interface Axis {
  readonly size: number
  /** From one place of the axis to the next. */
  readonly stride: number
  /** How often the axis lies in the image, one after another. */
  readonly groups: number
}

/** z[k] = x[place(k)], bilinear between places, and 0 outside. */
export function resample(
  image: Float32Array,
  { size, stride, groups }: Axis,
  place: (k: number) => number,
): void {
  const before = image.slice()
  for (let k = 0; k < size; k++) {
    // Between `low` and the next, `part` of the way.
    const at = place(k)
    const low = Math.floor(at)
    const part = at - low
    const [a, b] = [low >= 0 && low < size ? 1 - part : 0, low + 1 >= 0 && low + 1 < size ? part : 0]
    // What a weight of 0 takes is of no account, but must be a number.
    const [from, next] = [a === 0 ? 0 : low, b === 0 ? 0 : low + 1]
    for (let g = 0; g < groups; g++) {
      const base = g * size * stride
      for (let s = 0; s < stride; s++) {
        image[base + k * stride + s] =
          a * before[base + from * stride + s] + b * before[base + next * stride + s]
      }
    }
  }
}
