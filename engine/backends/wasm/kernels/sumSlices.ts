/** Rows begin..end of dw[k,O]: the sums of `weightGradient`'s slices, in order, at the columns of their panels. */
// biome-ignore format: arguments by what they describe
export function sumSlices(
  begin: i32, end: i32, sums: usize, slices: i32, blocks: i32, unitBytes: usize, kBytes: usize,
  groupOut: i32, outChannels: i32, dw: usize,
): void {
  const apart: usize = blocks * unitBytes
  for (let k = begin; k < end; k++) {
    let unit = sums + (k << 6)
    for (let g = 0; g < outChannels; g += groupOut) {
      for (let o = 0; o < groupOut; o += 128) {
        const wide = min(128, groupOut - o)
        const to = dw + ((k * outChannels + g + o) << 2)
        for (let j = 0; j < wide; j += 4) {
          let from = unit + (j >> 4) * kBytes + ((j & 15) << 2)
          let total = v128.load(from)
          for (let s = 1; s < slices; s++) {
            from += apart
            total = f32x4.add(total, v128.load(from))
          }
          store(to + (j << 2), total, wide - j)
        }
        unit += unitBytes
      }
    }
  }
}

/** Stores the first `lanes` of a vector, or all four. */
function store(to: usize, x: v128, lanes: i32): void {
  if (lanes >= 4) v128.store(to, x)
  else {
    v128.store32_lane(to, x, 0)
    if (lanes > 1) v128.store32_lane(to, x, 1, 4)
    if (lanes > 2) v128.store32_lane(to, x, 2, 8)
  }
}
