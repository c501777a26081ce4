/**
 * Of an axis of a convolution's adjoint: dx[h] = sum over taps i with h + padding - i dilation = p stride of dz[p] w[i].
 * Places h = a stride + phase of one phase have the same taps, and those i = first, first + every, .. reach the places
 * p = a + offset, a + offset - back, .. of dz.
 */
export interface Phases {
  /** Taps of a phase, at most. */
  readonly taps: number
  readonly every: number
  readonly back: number
  /** Places of a phase, at most. */
  readonly places: number
  /** What dz is padded by before its first place, and its places with both paddings. */
  readonly lead: number
  readonly padded: number
}

export interface Axis {
  readonly kernel: number
  readonly stride: number
  readonly padding: number
  readonly dilation: number
  readonly input: number
}

export function phasesOf({ kernel, stride, padding, dilation, input }: Axis): Phases {
  const common = gcd(stride, dilation)
  const [every, back] = [stride / common, dilation / common]
  const [taps, places] = [Math.ceil(kernel / every), Math.ceil(input / stride)]
  const offsets = Array.from({ length: stride }, (_, phase) => {
    const first = firstTap(phase, padding, dilation, stride)
    return first < 0 ? 0 : (phase + padding - first * dilation) / stride
  })
  const lead = Math.max(0, (taps - 1) * back - Math.min(...offsets))
  return { taps, every, back, places, lead, padded: lead + places + Math.max(...offsets) }
}

/** The first tap of a phase, or -1; FIRST_TAP is its text for kernels. */
function firstTap(phase: number, padding: number, dilation: number, stride: number): number {
  for (let i = 0; i < stride; i++) {
    if ((phase + padding + i * dilation * (stride - 1)) % stride === 0) return i
  }
  return -1
}

/** Calls `div`. i dilation (stride - 1) is -i dilation but for multiples of the stride, and not negative. */
export const FIRST_TAP = `function firstTap(phase, padding, dilation, stride) {
  let first = -1;
  for (let i = 0; i < stride; i++) {
    const v = phase + padding + i * dilation * (stride - 1);
    if (first < 0 && v - div(v, stride) * stride === 0) { first = i; }
  }
  return first;
}`

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))
