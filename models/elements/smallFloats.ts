/**
 * The numbers of a float format of up to 16 bits, by their bits: a sign, `exponent` bits, `fraction` bits, biased by
 * 2^(exponent - 1) - 1, as IEEE 754 has them. float32 holds each exactly. Without `infinities` the largest exponent is one
 * like others, and all ones are NaN (float8_e4m3fn; Micikevicius 2022, table 1). The table is made when it is first asked for.
 */
export function smallFloats(exponent: number, fraction: number, infinities = true): () => Float32Array {
  let table: Float32Array | undefined
  const bias = 2 ** (exponent - 1) - 1
  const half = 2 ** (exponent + fraction)
  const magnitude = (bits: number): number => {
    const [e, f] = [bits >> fraction, bits % 2 ** fraction]
    if (infinities ? e === 2 ** exponent - 1 : bits === half - 1) {
      return infinities && f === 0 ? Infinity : Number.NaN
    }
    return e === 0 ? f * 2 ** (1 - bias - fraction) : (2 ** fraction + f) * 2 ** (e - bias - fraction)
  }
  return () => {
    table ??= Float32Array.from({ length: 2 * half }, (_, bits) =>
      bits < half ? magnitude(bits) : -magnitude(bits - half),
    )
    return table
  }
}
