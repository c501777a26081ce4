/** What a gallery knows of an identity; its vectors stand in the store, by key. */
export interface Entry {
  /** Of its vectors: one for each image that is kept apart, else one. */
  readonly keys: readonly number[]
  /** ‖sum of quality x unit vector‖ behind each vector: the mean goes on from there. */
  readonly lengths: readonly number[]
  /** What its images are called, in the order in which they came. */
  readonly images: readonly string[]
}

/** The sum of the vectors, each times its weight, as a unit vector and a length. D -> D */
export function pooled(
  vectors: readonly Float32Array[],
  weights: readonly number[],
): { unit: Float32Array; length: number } {
  const sum = new Float64Array(vectors[0].length)
  for (const [i, vector] of vectors.entries()) {
    for (let d = 0; d < sum.length; d++) sum[d] += weights[i] * vector[d]
  }
  const length = Math.sqrt(sum.reduce((total, value) => total + value * value, 0))
  return { unit: Float32Array.from(sum, value => value / length) as Float32Array, length }
}
