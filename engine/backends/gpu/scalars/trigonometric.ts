/**
 * sin(x + k pi / 2), off by at most 1e-7 for |x| < 1e4 (of itself, but for x next to a multiple of pi / 2), and by
 * |x| 1e-7 beyond. x = r + q pi / 2, |r| <= pi / 4, pi / 2 in three parts (Cody and Waite), then +-sin r or +-cos r:
 * r + r^3 S(r^2), off by at most 4e-9, or 1 - r^2 / 2 + r^4 C(r^2), off by at most 1.2e-10.
 */
const TURNED = `function turned(x, k) {
  const q = Math.floor(x * 0.636619772 + 0.5);
  const y = ((x - q * 1.5703125) - q * 0.0004837512969970703) - q * 7.549789954891882e-8;
  const r = y > 1 ? 1 : y < -1 ? -1 : y;
  const z = r * r;
  const sine = ((-0.000195180954 * z + 0.00833218824) * z - 0.166666552) * z * r + r;
  const cosine = (((2.44323273e-5 * z - 0.00138873095) * z + 0.0416666456) * z - 0.5) * z + 1;
  const turn = q + k;
  const quarter = turn - Math.floor(turn * 0.25) * 4;
  const half = quarter > 1.5 ? quarter - 2 : quarter;
  const size = half > 0.5 ? cosine : sine;
  return quarter > 1.5 ? -size : size;
}`

export const SINE = [TURNED, 'function sine(x) { return turned(x, 0); }']
export const COSINE = [TURNED, 'function cosine(x) { return turned(x, 1); }']

/**
 * acos x, relative error at most 4e-7, also towards 1. asin s = s + s^3 A(s^2) for |s| <= 1/2, A of degree 4, off by at
 * most 5.4e-9; there acos x = pi / 2 - asin x, and beyond 2 asin(sqrt((1 - x) / 2)), from pi for negative x.
 */
export const ARC_COSINE = [
  `function arcCosine(x) {
  const size = Math.abs(x);
  const half = 0.5 - size * 0.5;
  const z = size > 0.5 ? half : x * x;
  const s = size > 0.5 ? Math.sqrt(half) : x;
  const a = (((0.0417241007 * z + 0.0244715884) * z + 0.0454021208) * z + 0.0749595389) * z + 0.166667312;
  const asin = a * z * s + s;
  const far = x < 0 ? 3.14159265 - 2 * asin : 2 * asin;
  return size > 0.5 ? far : 1.57079633 - asin;
}`,
]
