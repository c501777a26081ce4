import { add, less, mul, sub, type Tensor } from '../../engine/index.ts'

/** Functions of the angle theta in [0, pi] that c = cos theta tells: polynomials, smooth at both ends. */

/** cos(m theta) = T_m(c), Chebyshev's polynomial of the first kind: T_n+1 = 2 c T_n - T_n-1.  [...] -> [...] */
export function cosMultiple(c: Tensor, m: number): Tensor {
  let before: Tensor | 1 = 1
  let now = c
  for (let n = 1; n < m; n++) {
    const next = sub(mul(mul(c, now), 2), before)
    before = now
    now = next
  }
  return now
}

/** sin(m theta) / sin theta = U_m-1(c), Chebyshev's polynomial of the second kind.  [...] -> [...] */
export function sinMultiple(c: Tensor, m: number): Tensor | 1 {
  if (m === 1) return 1
  const twice = mul(c, 2)
  let before: Tensor | 1 = 1
  let now = twice
  for (let n = 2; n < m; n++) {
    const next: Tensor = sub(mul(twice, now), before)
    before = now
    now = next
  }
  return now
}

/** The cosines of the angles in (0, pi) at which m1 theta + m2 is pi, 2 pi, ..., the smallest angle first. */
export function seams(m1: number, m2: number): number[] {
  const cosines: number[] = []
  for (let j = 1; ; j++) {
    const theta = (j * Math.PI - m2) / m1
    // j pi / m reaches pi itself but for rounding; that end is no seam.
    if (theta > Math.PI - 1e-12) return cosines
    cosines.push(Math.cos(theta))
  }
}

/**
 * (-1)^k cos phi - 2 k, with phi = m1 theta + m2 in [k pi, (k + 1) pi]: cos phi carried on past pi, continuous and
 * decreasing. k counts the seams that theta is past.  [...] -> [...]
 */
export function unfold(c: Tensor, cosPhi: Tensor, seamCosines: readonly (number | Tensor)[]): Tensor {
  let z = cosPhi
  let drop: Tensor | undefined
  for (const seam of seamCosines) {
    const past = less(c, seam)
    z = mul(z, sub(1, mul(past, 2)))
    drop = drop === undefined ? past : add(drop, past)
  }
  return drop === undefined ? z : sub(z, mul(drop, 2))
}
