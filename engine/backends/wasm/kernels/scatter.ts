/**
 * z[index[i, j], j] += src[i, j] for i < m in turn and each column j of the parts begin..end. A part has `columns`
 * columns, the last what is left of `all`; its z lies `zApart` bytes behind the one before, its index and src `apart`
 * bytes. Rows lie `pitch` bytes apart. Indices are in range.
 */
export function scatterAdd(
  begin: i32,
  end: i32,
  z: usize,
  index: usize,
  src: usize,
  m: i32,
  columns: i32,
  all: i32,
  pitch: usize,
  zApart: usize,
  apart: usize,
): void {
  for (let part = begin; part < end; part++) {
    const to: usize = z + part * zApart
    let picks: usize = index + part * apart
    let from: usize = src + part * apart
    const count = min(columns, all - part * columns)
    for (let i = 0; i < m; i++) {
      addRow(to, picks, from, count, pitch)
      picks += pitch
      from += pitch
    }
  }
}

/** z[index[j], j] += src[j] */
function addRow(z: usize, index: usize, src: usize, count: i32, pitch: usize): void {
  let j = 0
  for (; j + 4 <= count; j += 4) {
    const picks = v128.load(index + (j << 2))
    const pick = i32x4.extract_lane(picks, 0)
    // Whole rows are what is mostly picked: then the four lie side by side.
    if (i32x4.all_true(i32x4.eq(picks, i32x4.splat(pick)))) {
      const to: usize = z + pick * pitch + (j << 2)
      v128.store(to, f32x4.add(v128.load(to), v128.load(src + (j << 2))))
    } else {
      for (let k = j; k < j + 4; k++) addOne(z, index, src, k, pitch)
    }
  }
  for (; j < count; j++) addOne(z, index, src, j, pitch)
}

function addOne(z: usize, index: usize, src: usize, j: i32, pitch: usize): void {
  const to: usize = z + i32.load(index + (j << 2)) * pitch + (j << 2)
  f32.store(to, f32.add(f32.load(to), f32.load(src + (j << 2))))
}
