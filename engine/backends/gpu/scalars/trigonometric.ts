import { finite } from '../snippets.ts'

/** The digits of 2 / pi after the point, to base 2^11. */
const DIGITS = [1303, 1632, 1756, 1252, 522, 1191, 1924, 1879, 1679, 1357, 443, 1037, 1457, 598, 807]

const DIGIT = `function digitOfQuarters(k) {
  let d = 0;
${DIGITS.map((d, i) => `  if (k === ${i + 1}) { d = ${d}; }`).join('\n')}
  return d;
}`

const [FOUR, EIGHT] = [4, 8].map(n => Array.from({ length: n }, (_, i) => i))

/**
 * Sets q mod 4 and y = x - q pi / 2 of a large |x| (Payne and Hanek, Radian Reduction for Trigonometric Functions, 1983):
 * |x| = sum over i < 4 of l_i B^(p - i), B = 2^11, by the digits of 2 / pi that count. Those before them add multiples of
 * four quarters, those after less than 2^-31. All products and sums are integers below 2^24, and so exact.
 */
const FAR = `let rest = Math.abs(x) * ${1 / 2048};
    let p = 1;
    ${Array.from({ length: 10 }, () => `if (rest >= 2048) { rest = rest * ${1 / 2048}; p = p + 1; }`).join('\n    ')}
    ${FOUR.map(i => `const l${i} = Math.floor(rest); rest = (rest - l${i}) * 2048;`).join('\n    ')}
    ${EIGHT.map(k => `const d${k} = digitOfQuarters(p + ${k} - 3);`).join('\n    ')}
    const low = ${FOUR.map(i => `l${i} * d${7 - i}`).join(' + ')};
    const third = ${FOUR.map(i => `l${i} * d${6 - i}`).join(' + ')} + Math.floor(low * ${1 / 2048});
    const second = ${FOUR.map(i => `l${i} * d${5 - i}`).join(' + ')} + Math.floor(third * ${1 / 2048});
    const first = ${FOUR.map(i => `l${i} * d${4 - i}`).join(' + ')} + Math.floor(second * ${1 / 2048});
    const whole = ${FOUR.map(i => `l${i} * d${3 - i}`).join(' + ')} + Math.floor(first * ${1 / 2048});
    const tail = second - Math.floor(second * ${1 / 2048}) * 2048 + (third - Math.floor(third * ${1 / 2048}) * 2048) * ${1 / 2048};
    const head = first - Math.floor(first * ${1 / 2048}) * 2048;
    const up = head >= 1024 ? 1 : 0;
    q = whole - Math.floor(whole * 0.25) * 4 + up;
    y = ((head - up * 2048) + tail * ${1 / 2048}) * ${1.57079633 / 2048};
    if (x < 0) { q = -q; y = -y; }`

/**
 * sin(x + k pi / 2), off by at most 1e-7, and of itself but for x next to a multiple of pi / 2; NaN of infinities.
 * x = r + q pi / 2, |r| <= pi / 4, up to 1e4 with pi / 2 in three parts (Cody and Waite), then +-sin r or +-cos r:
 * r + r^3 S(r^2), off by at most 4e-9, or 1 - r^2 / 2 + r^4 C(r^2), off by at most 1.2e-10.
 */
const TURNED = `function turned(x, k) {
  let q = Math.floor(x * 0.636619772 + 0.5);
  let y = ((x - q * 1.5703125) - q * 0.0004837512969970703) - q * 7.549789954891882e-8;
  if (Math.abs(x) > 10000) {
    ${FAR}
  }
  const r = y > 1 ? 1 : y < -1 ? -1 : y;
  const z = r * r;
  const sine = ((-0.000195180954 * z + 0.00833218824) * z - 0.166666552) * z * r + r;
  const cosine = (((2.44323273e-5 * z - 0.00138873095) * z + 0.0416666456) * z - 0.5) * z + 1;
  const turn = q + k;
  const quarter = turn - Math.floor(turn * 0.25) * 4;
  const half = quarter > 1.5 ? quarter - 2 : quarter;
  const size = half > 0.5 ? cosine : sine;
  const signed = quarter > 1.5 ? -size : size;
  return ${finite('x')} ? signed : invalid(x);
}`

export const SINE = [DIGIT, TURNED, 'function sine(x) { return turned(x, 0); }']
export const COSINE = [DIGIT, TURNED, 'function cosine(x) { return turned(x, 1); }']

/** asin s = s + s^3 A(z) for z = s^2, |s| <= 1/2, A of degree 4, off by at most 5.4e-9. */
const ARC_SINE_NEAR = `function arcSineNear(s, z) {
  const a = (((0.0417241007 * z + 0.0244715884) * z + 0.0454021208) * z + 0.0749595389) * z + 0.166667312;
  return a * z * s + s;
}`

/**
 * acos x, relative error at most 4e-7, also towards 1: pi / 2 - asin x for |x| <= 1/2, and beyond
 * 2 asin(sqrt((1 - x) / 2)), from pi for negative x; NaN for |x| > 1.
 */
export const ARC_COSINE = [
  ARC_SINE_NEAR,
  `function arcCosine(x) {
  const size = Math.abs(x);
  const half = 0.5 - size * 0.5;
  const z = size > 0.5 ? half : x * x;
  const s = size > 0.5 ? Math.sqrt(Math.abs(half)) : x;
  const asin = arcSineNear(s, z);
  const far = x < 0 ? 3.14159265 - 2 * asin : 2 * asin;
  const z1 = size > 0.5 ? far : 1.57079633 - asin;
  return size > 1 ? invalid(x) : z1;
}`,
]

/** asin x, relative error at most 4e-7: beyond 1/2 pi / 2 - 2 asin(sqrt((1 - |x|) / 2)), with the sign of x; NaN for |x| > 1. */
export const ARC_SINE = [
  ARC_SINE_NEAR,
  `function arcSine(x) {
  const size = Math.abs(x);
  const half = 0.5 - size * 0.5;
  const z = size > 0.5 ? half : x * x;
  const s = size > 0.5 ? Math.sqrt(Math.abs(half)) : size;
  const asin = arcSineNear(s, z);
  const z1 = size > 0.5 ? 1.57079633 - 2 * asin : asin;
  const signed = x < 0 ? -z1 : z1;
  return size > 1 ? invalid(x) : signed;
}`,
]

/**
 * The angle of the point (x, y), relative error at most 6e-7. a = min(|x|, |y|) / max(|x|, |y|), an angle of at most
 * pi / 4; beyond pi / 8 it is pi / 4 - atan((1 - a) / (1 + a)), and atan t = t + t^3 Q(t^2), Q of degree 4, off by at most
 * 3e-9.
 */
export const ARC_TANGENT = [
  `function arcTangent(y, x) {
  const width = Math.abs(x);
  const height = Math.abs(y);
  const low = height > width ? width : height;
  const high = height > width ? height : width;
  let a = low / high;
  if (low === high) { a = 1; }
  if (high === 0) { a = 0; }
  const t = a > 0.414213562 ? (1 - a) / (1 + a) : a;
  const z = t * t;
  const q = (((-0.0607821941 * z + 0.105938129) * z - 0.142435327) * z + 0.199984714) * z - 0.333333164;
  const near = q * z * t + t;
  const flat = a > 0.414213562 ? 0.785398163 - near : near;
  const steep = height > width ? 1.57079633 - flat : flat;
  let left = x < 0 ? 1 : 0;
  if (x === 0) { left = 1 / x < 0 ? 1 : 0; }
  const size = left === 1 ? 3.14159265 - steep : steep;
  let down = y < 0 ? 1 : 0;
  if (y === 0) { down = 1 / y < 0 ? 1 : 0; }
  let angle = down === 1 ? -size : size;
  if (notANumber(x) > 0.5) { angle = x; }
  if (notANumber(y) > 0.5) { angle = y; }
  return angle;
}`,
]
