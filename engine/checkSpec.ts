import { checkFunction, isRecord, refusal } from './check.ts'
import type { OpSpec } from './spec.ts'

const FORM = 'an op, { name, signature, domain, forward and vjp, or compose },'

/** Throws unless `spec` has what `apply` reads of it, by name: plain JavaScript has no types that ask for it. */
export function checkSpec(spec: OpSpec): void {
  if (!isRecord(spec)) throw refusal('defineOp', FORM, spec)
  const { name, signature, domain, forward, compose, vjp } = spec as Readonly<Record<string, unknown>>
  if (typeof name !== 'string' || name === '') throw refusal('defineOp', 'name as a text', name)
  const op = `defineOp: ${name}`
  if (typeof signature !== 'string') {
    throw refusal(op, "signature as a text, such as 'x[N,D] y[D] -> [N]',", signature)
  }
  if (!isRecord(domain)) throw refusal(op, 'domain as an object, such as { x: reals, y: reals },', domain)
  for (const [input, of] of Object.entries(domain)) {
    if (!isRecord(of)) throw refusal(op, `domain.${input} as a domain, such as reals,`, of)
  }
  if (compose === undefined) checkFunction(op, 'forward, or compose,', forward)
  else checkFunction(op, 'compose', compose)
  if (!isRecord(vjp) && (compose === undefined || vjp !== undefined)) {
    throw refusal(op, 'vjp as an object, a rule for each input or nondifferentiable,', vjp)
  }
}

/** Throws unless `op` is one, as `defineOp` gives it. */
export function checkOp(name: string, op: OpSpec): void {
  if (op?.domain === undefined || op.signature === undefined)
    throw refusal(name, 'an op, as defineOp gives one,', op)
}
