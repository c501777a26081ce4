/** 128 bits; an instruction says how it reads them. */
export type V128 = ArrayBuffer

let bytes = new Uint8Array(0)
let view = new DataView(new ArrayBuffer(0))

/** The memory that loads and stores go to from now on. */
export function useMemory(buffer: ArrayBuffer): void {
  bytes = new Uint8Array(buffer)
  view = new DataView(buffer)
}

export const memoryView = (): DataView => view

const bitwise =
  (f: (...words: number[]) => number) =>
  (...vectors: V128[]): V128 => {
    const words = vectors.map(v => new Int32Array(v))
    return Int32Array.from({ length: 4 }, (_, i) => f(...words.map(w => w[i]))).buffer
  }

/** The low `n` bytes from memory, the rest 0. */
const loadLow =
  (n: number) =>
  (at: number, offset = 0) => {
    const z = new Uint8Array(16)
    z.set(bytes.subarray(at + offset, check(at + offset, n)))
    return z.buffer
  }

const loadSplat =
  (n: number) =>
  (at: number, offset = 0) => {
    const lane = bytes.slice(at + offset, check(at + offset, n))
    return Uint8Array.from({ length: 16 }, (_, i) => lane[i % n]).buffer
  }

const loadLane =
  (n: number) =>
  (at: number, v: V128, lane: number, offset = 0) => {
    const z = new Uint8Array(v.slice(0))
    z.set(bytes.subarray(at + offset, check(at + offset, n)), lane * n)
    return z.buffer
  }

const storeLane =
  (n: number) =>
  (at: number, v: V128, lane: number, offset = 0) => {
    check(at + offset, n)
    bytes.set(new Uint8Array(v, lane * n, n), at + offset)
  }

/** Where `n` bytes from `at` end. Traps, as WebAssembly does, outside the memory. */
function check(at: number, n: number): number {
  if (!(at >= 0 && at + n <= bytes.length)) throw new WebAssembly.RuntimeError('memory access out of bounds')
  return at + n
}

export const v128 = {
  load: loadLow(16),
  load32_zero: loadLow(4),
  load64_zero: loadLow(8),
  load32_splat: loadSplat(4),
  load64_splat: loadSplat(8),
  load32_lane: loadLane(4),
  load64_lane: loadLane(8),
  store: (at: number, v: V128, offset = 0) => storeLane(16)(at, v, 0, offset),
  store32_lane: storeLane(4),
  store64_lane: storeLane(8),
  and: bitwise((a, b) => a & b),
  or: bitwise((a, b) => a | b),
  xor: bitwise((a, b) => a ^ b),
  andnot: bitwise((a, b) => a & ~b),
  not: bitwise(a => ~a),
  bitselect: bitwise((a, b, mask) => (a & mask) | (b & ~mask)),
  any_true: (v: V128) => new Int32Array(v).some(word => word !== 0),
}

export const memory = {
  copy(to: number, from: number, n: number) {
    check(to, n)
    bytes.copyWithin(to, from, check(from, n))
  },
  fill: (at: number, value: number, n: number) => {
    bytes.fill(value, at, check(at, n))
  },
}
