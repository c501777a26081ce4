/** a b + c, rounded once where the processor has an instruction for it: stands in for madd.ts in `wasm-fma`. */
export function madd(a: v128, b: v128, c: v128): v128 {
  return f32x4.relaxed_madd(a, b, c)
}
