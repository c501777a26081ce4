import {
  acos,
  add,
  div,
  greater,
  less,
  lessEqual,
  matmul,
  maximum,
  minimum,
  mul,
  noGrad,
  norm,
  normalize,
  remainder,
  reshape,
  sub,
  sum,
  type Tensor,
  tensor,
  where,
} from '../../engine/index.ts'
import { memo } from '../../engine/memo.ts'

/**
 * cos theta_ij = <x_i, w_j> / (‖x_i‖ ‖w_j‖): the cosine of every embedding with every prototype.
 * x[N,D] W[C,D] -> [N,C]. A vector of length 0 has no direction: its cosines are 0, with gradient 0.
 */
export function cosTheta(x: Tensor, W: Tensor): Tensor {
  return matmul(normalize(x), normalize(W), { transposeB: true })
}

/** An angle in [0, pi] each, in radians: what a margin's psi is a function of. Each form is made when first asked for. */
export interface Angle {
  readonly cosTheta: Tensor
  readonly sinTheta: Tensor
  readonly theta: Tensor
}

/** Two vectors a row, and their directions x_i / ‖x_i‖, w_i / ‖w_i‖.  [N,D] */
export interface Pair {
  readonly x: Tensor
  readonly w: () => Tensor
  readonly u: Tensor
  readonly v: Tensor
}

/**
 * The angle between x_i and w_i, [N,1]. With u and v their directions, 2 sin(theta/2) = ‖u - v‖ and
 * 2 cos(theta/2) = ‖u + v‖: near theta = 0 and pi, where 1 - cos^2 has lost half of the digits and arccos has an infinite
 * slope, one of the two is small and exact, and the gradient of its length is the direction along which theta changes.
 *
 * At 0 and pi themselves theta has no direction: there the gradients of theta and of sin theta are 0, and as near as
 * u and v can be told apart (4 eps). A vector of length 0 stands at right angles to all, with gradient 0.
 */
export function angleBetween(pair: () => Pair): Angle {
  const cosine = memo<void, Tensor>(() => inner(pair().u, pair().v))
  const chords = memo<void, Chords>(() => chordsOf(pair()))
  return {
    get cosTheta() {
      return cosine()
    },
    get sinTheta() {
      const { minus, plus } = chords()
      return mul(mul(minus, plus), 0.5)
    },
    get theta() {
      const { minus, plus } = chords()
      // arccos up to sqrt(1/2) alone: of cos(theta/2), or else of sin(theta/2).
      const of = (chord: Tensor) => mul(acos(minimum(mul(chord, 0.5), 0.75)), 2)
      return where(less(minus, plus), sub(Math.PI, of(minus)), of(plus))
    },
  }
}

interface Chords {
  /** 2 sin(theta/2) and 2 cos(theta/2). */
  readonly minus: Tensor
  readonly plus: Tensor
}

const EPS = { float32: 2 ** -23, float64: 2 ** -52 }

function chordsOf({ x, w, u, v }: Pair): Chords {
  const exact = x.dtype === 'float64'
  const [difference, total] = exact
    ? orthogonal(
        u,
        v,
        noGrad(() => [lost(x, u), lost(w(), v)]),
      )
    : [sub(u, v), add(u, v)]
  const [minus, plus] = [norm(difference, LAST), norm(total, LAST)]
  // The squares add up to 4, unless a direction is missing.
  const missing = less(add(mul(minus, minus), mul(plus, plus)), 3)
  const resolution = 4 * (exact ? EPS.float64 : EPS.float32)
  const chord = (length: Tensor) => where(missing, Math.SQRT2, mul(length, greater(length, resolution)))
  return { minus: chord(minus), plus: chord(plus) }
}

/**
 * u - v and u + v to the last digits, however short: with a and b, what rounding took off u and v. Their lengths are off
 * by a rounding too, which shows in that u - v and u + v are not orthogonal; the shorter is put right. As u - v and u + v are
 * what they were but for rounding, the gradients are theirs. In float64 alone, for which there is time.
 */
function orthogonal(u: Tensor, v: Tensor, [a, b]: readonly Tensor[]): [Tensor, Tensor] {
  const [d, t] = [add(sub(u, v), sub(a, b)), add(add(u, v), add(a, b))]
  const [dd, dt, tt] = noGrad(() => [inner(d, d), inner(d, t), inner(t, t)])
  const off = (of: Tensor, square: Tensor): Tensor =>
    noGrad(() => mul(of, where(greater(square, 2), div(dt, maximum(square, 2)), 0)))
  return [sub(d, off(t, tt)), sub(t, off(d, dd))]
}

/** Sums and lengths of rows, each a row of its own. */
export const LAST = { axis: -1, keepDims: true } as const

const inner = (p: Tensor, q: Tensor): Tensor => sum(mul(p, q), LAST)

/** x / n - u, n = ‖x‖: the product u n is exact in two numbers, by Dekker 1971 (halves of 26 bits). */
function lost(x: Tensor, u: Tensor): Tensor {
  const n = norm(x, LAST)
  const [p, q] = [halves(u), halves(n)]
  const product = mul(u, n)
  const rest = [mul(p.high, q.low), mul(p.low, q.high), mul(p.low, q.low)].reduce(
    add,
    sub(mul(p.high, q.high), product),
  )
  const left = div(sub(sub(x, product), rest), n)
  // Where n is 0, or too large or small for its halves, there is nothing to say.
  return where(lessEqual(mul(left, left), EPS.float64 ** 2), left, 0)
}

function halves(t: Tensor): { high: Tensor; low: Tensor } {
  const scaled = mul(t, 2 ** 27 + 1)
  const high = sub(scaled, sub(scaled, t))
  return { high, low: sub(t, high) }
}

/**
 * cos(m theta) = T_m(c) and sin(m theta) / sin theta = U_m-1(c) for integers m >= 1, Chebyshev's polynomials of both kinds, by halves:
 * cos(p + q) = 2 cos p cos q - cos(p - q), sin(p + q) = 2 sin p cos q - sin(p - q).  c[...] -> [...]
 */
export function multiplesOf(c: Tensor): { cos(m: number): Tensor; sin(m: number): Tensor | 1 } {
  const cosines = new Map<number, Tensor>([[1, c]])
  const sines = new Map<number, Tensor | 1>([[1, 1]])
  function cos(m: number): Tensor {
    const half = m >> 1
    const made = cosines.get(m) ?? sub(mul(mul(cos(half), cos(m - half)), 2), m % 2 === 0 ? 1 : c)
    cosines.set(m, made)
    return made
  }
  function sin(m: number): Tensor | 1 {
    const known = sines.get(m)
    if (known !== undefined) return known
    const half = m >> 1
    const [s, t] = [sin(half), cos(m - half)]
    const twice = mul(s === 1 ? t : mul(s, t), 2)
    const made = m % 2 === 0 ? twice : add(twice, 1)
    sines.set(m, made)
    return made
  }
  return { cos, sin }
}

/** The cosines of the angles in (0, pi) at which m1 theta + m2 is pi, 2 pi, ..., the smallest angle first. */
export function cosinesAtPi(m1: number, m2: number): number[] {
  const cosines: number[] = []
  for (let j = 1; ; j++) {
    const theta = (j * Math.PI - m2) / m1
    // j pi / m reaches pi itself but for rounding; that end does not count.
    if (theta > Math.PI - 1e-12) return cosines
    cosines.push(Math.cos(theta))
  }
}

/**
 * (-1)^k cos phi - 2 k, with phi = m1 theta + m2 in [k pi, (k + 1) pi]: cos phi carried on past pi, continuous and
 * decreasing. k counts the `cosines` that c is below.  [...] -> [...]
 */
export function decreasingCos(c: Tensor, cosPhi: Tensor, cosines: Cosines): Tensor {
  if (cosines.length === 0) return cosPhi
  const k = countBelow(c, cosines)
  const odd = cosines.length === 1 ? k : remainder(k, 2)
  return sub(mul(cosPhi, sub(1, mul(odd, 2))), mul(k, 2))
}

/** Numbers; or one alone, which may differ from sample to sample. */
type Cosines = readonly number[] | readonly [number | Tensor]

/** How many of the `cosines` each c is below.  [...] -> [...] */
function countBelow(c: Tensor, cosines: Cosines): Tensor {
  if (cosines.length === 1) return less(c, cosines[0])
  const all = tensor(cosines as readonly number[], { dtype: c.dtype, backend: c.backend })
  return sum(less(reshape(c, [...c.shape, 1]), all), { axis: -1 })
}
