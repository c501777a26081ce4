import fc from 'fast-check'

/** What becomes of files: bytes changed, lost, doubled, the end lost; seldom more than one at a time. */
export const damage = fc
  .array(
    fc.record({
      kind: fc.constantFrom('flip', 'set', 'ones', 'zeros', 'cut', 'lose', 'double', 'copy'),
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      to: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      byte: fc.nat(255),
      length: fc.integer({ min: 1, max: 12 }),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map(
    steps =>
      (file: Buffer): Buffer =>
        steps.reduce((bytes, { kind, at, to, byte, length }) => {
          if (bytes.length === 0) return bytes
          const [from, other] = [at, to].map(place => Math.floor(place * bytes.length))
          const result = Buffer.from(bytes)
          if (kind === 'flip') result[from] ^= 1 << (byte & 7)
          if (kind === 'set') result[from] = byte
          if (kind === 'ones') result.fill(255, from, Math.min(result.length, from + length))
          if (kind === 'zeros') result.fill(0, from, Math.min(result.length, from + length))
          if (kind === 'copy') result.copyWithin(from, other, other + length)
          if (kind === 'cut') return result.subarray(0, from)
          if (kind === 'lose')
            return Buffer.concat([result.subarray(0, from), result.subarray(from + length)])
          if (kind === 'double')
            return Buffer.concat([result.subarray(0, from + length), result.subarray(from)])
          return result
        }, file),
  )
