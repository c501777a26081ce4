/**
 * Copies words from one place to another where they lie differently: z[i, j, k, l] = x[i, j, k, l] for i in
 * begin..end, j < n1, k < n2, l < n, each axis of x and of z with a stride of its own, in bytes.
 */
export function move(
  begin: i32,
  end: i32,
  x: usize,
  z: usize,
  n1: i32,
  n2: i32,
  n: i32,
  x0: usize,
  x1: usize,
  x2: usize,
  xStep: usize,
  z0: usize,
  z1: usize,
  z2: usize,
  zStep: usize,
): void {
  const rows = xStep === 4 && zStep === 4
  for (let i = begin; i < end; i++) {
    for (let j = 0; j < n1; j++) {
      let from: usize = x + i * x0 + j * x1
      let to: usize = z + i * z0 + j * z1
      for (let k = 0; k < n2; k++) {
        if (rows) copyRow(from, to, n)
        else spread(from, to, n, xStep, zStep)
        from += x2
        to += z2
      }
    }
  }
}

/** n words that lie side by side. */
function copyRow(from: usize, to: usize, n: i32): void {
  if (n >= 64) {
    memory.copy(to, from, n << 2)
    return
  }
  let left = n
  for (; left >= 4; left -= 4) {
    v128.store(to, v128.load(from))
    from += 16
    to += 16
  }
  for (; left > 0; left--) {
    i32.store(to, i32.load(from))
    from += 4
    to += 4
  }
}

/** n words that lie apart. */
function spread(from: usize, to: usize, n: i32, xStep: usize, zStep: usize): void {
  for (let left = n; left > 0; left--) {
    i32.store(to, i32.load(from))
    from += xStep
    to += zStep
  }
}

/** z = x, n words. */
export function copyWords(z: usize, x: usize, n: i32): void {
  memory.copy(z, x, n << 2)
}
