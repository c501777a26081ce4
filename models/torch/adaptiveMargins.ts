import { adaCosDefaults } from '../../losses/margins/adaCos.ts'
import { type AdaFaceOptions, adaFaceDefaults } from '../../losses/margins/adaFace.ts'
import { type CurricularFaceOptions, curricularFaceDefaults } from '../../losses/margins/curricularFace.ts'
import { type ElasticFaceOptions, elasticFaceDefaults } from '../../losses/margins/elasticFace.ts'
import { type MagFaceOptions, magFaceDefaults } from '../../losses/margins/magFace.ts'
import { type MvSoftmaxOptions, mvSoftmaxDefaults } from '../../losses/margins/mvSoftmax.ts'
import { type SphereFace2Options, sphereFace2Defaults } from '../../losses/margins/sphereFace2.ts'
import { uniFaceDefaults } from '../../losses/margins/uniFace.ts'
import type * as adaptive from '../../losses/namedAdaptive.ts'
import { arc, type ToPsi } from './psi.ts'
import { literal } from './python.ts'

/** The options, and the defaults of those that are missing or undefined. */
const chosen = <O extends object>(defaults: { readonly [K in keyof O]?: unknown }, options: object) =>
  ({
    ...defaults,
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  }) as Required<O>

type AdaptiveName = Exclude<keyof typeof adaptive, `ir${string}`>

/** The cosine at theta + m, as it is. */
const plainSum = (m: number): string => `math.cos(${literal(m)}) * cos - math.sin(${literal(m)}) * sine(u, v)`

/** name <- (1 - rate) name + rate now */
const moved = (name: string, rate: number, now: string): string =>
  `self.margin_${name}.copy_(${literal(1 - rate)} * self.margin_${name} + ${literal(rate)} * ${now})`

/** The margins that bend the other classes, go by the batch, or decide class by class. */
export const ADAPTIVE_MARGINS: { readonly [N in AdaptiveName]: ToPsi } = {
  curricularFace(options) {
    const { m, tAlpha, beyondPi } = chosen<CurricularFaceOptions>(curricularFaceDefaults, options)
    return {
      lines: arc(literal(m), beyondPi),
      others: `hard = c > ${plainSum(m)}  # nearer than the own class with its margin\nreturn torch.where(hard, c * (self.margin_t + c), c)`,
      memory: moved('t', tAlpha, 'mean_over_processes(cos.mean())'),
    }
  },
  mvSoftmax(options) {
    const { base, t, adaptive, easyMargin, m: own } = chosen<MvSoftmaxOptions>(mvSoftmaxDefaults, options)
    const onArc = base === 'arcFace'
    const m = onArc ? ((options.m as number | undefined) ?? 0.5) : own
    const bent = onArc ? arc(literal(m), 'linear', 'bent = ') : `bent = cos - ${literal(m)}`
    return {
      lines: `${bent}\nreturn ${easyMargin ? 'torch.where(cos > 0, bent, cos)' : 'bent'}`,
      others: `hard = c > ${onArc ? plainSum(m) : `cos - ${literal(m)}`}  # nearer than the own class with its margin\nreturn torch.where(hard, ${adaptive ? `${literal(1 + t)} * ` : ''}c + ${literal(t)}, c)`,
    }
  },
  magFace(options) {
    const { la, ua, lMargin, uMargin, lambdaG, easyMargin } = chosen<MagFaceOptions>(magFaceDefaults, options)
    const a = `a = norm.clamp(${literal(la)}, ${literal(ua)})`
    const slope = `(${literal(uMargin)} - ${literal(lMargin)}) / (${literal(ua)} - ${literal(la)})`
    const m = `${literal(lMargin)} + ${slope} * (a - ${literal(la)})`
    return {
      lines: easyMargin
        ? `${a}\nm = ${m}\nboth = cos * torch.cos(m) - sine(u, v) * torch.sin(m)\nreturn torch.where(cos > 0, both, cos)`
        : `${a}\n${arc(m, 'linear')}`,
      norm: true,
      penalty: `${a}\nreturn ${literal(lambdaG)} * (a / ${literal(ua)} ** 2 + 1 / a)`,
    }
  },
  adaFace(options) {
    const { m, h, tAlpha, clamped } = chosen<AdaFaceOptions>(adaFaceDefaults, options)
    return {
      lines: [
        `q = (norm.detach().clamp(0.001, 100) - self.margin_mean) / (self.margin_std + 0.001) * ${literal(h)}`,
        'q = q.clamp(-1, 1)',
        `shift = ${literal(-m)} * q`,
        clamped
          ? 'theta = angle(u, v).clamp(math.acos(0.999), math.acos(-0.999))\nboth = torch.cos((theta + shift).clamp(0.001, math.pi - 0.001))'
          : 'both = cos * torch.cos(shift) - sine(u, v) * torch.sin(shift)',
        `return both - (${literal(m)} + ${literal(m)} * q)`,
      ].join('\n'),
      norm: true,
      ...(clamped && { others: 'return c.clamp(-0.999, 0.999)' }),
      memory: `norms = gathered(x.detach()).norm(dim=1).clamp(0.001, 100)
${moved('mean', tAlpha, 'norms.mean()')}
if len(norms) > 1:
    ${moved('std', tAlpha, 'norms.std()')}`,
    }
  },
  elasticFace(options) {
    const { base, std, plus, seed } = chosen<ElasticFaceOptions>({ ...elasticFaceDefaults, seed: 0 }, options)
    const onArc = base === 'arcFace'
    const m = (options.m as number | undefined) ?? (onArc ? elasticFaceDefaults.m : 0.35)
    const place = plus === 'argsort' ? 'm = m[order]' : 'm = torch.empty_like(m).index_copy(0, order, m)'
    const sorted = [
      'm = m.sort().values  # the nearer a sample, the smaller its margin',
      'order = gathered(cos.detach()).flatten().sort(descending=True, stable=True).indices',
      place,
    ]
    return {
      lines: [
        `m = ${literal(m)} + ${literal(std)} * normals(${seed}, self.t, len(y) * world()).to(cos)  # anew for each sample and step`,
        ...(plus ? sorted : []),
        'm = m[rank() * len(y):][:len(y), None]',
        onArc ? arc('m', 'linear') : 'return cos - m',
      ].join('\n'),
    }
  },
  adaCos({ dynamic = adaCosDefaults.dynamic }) {
    return {
      lines: '',
      scale: 'self.margin_s',
      memory: dynamic
        ? `others = (self.margin_s * c).scatter(1, y[:, None], -math.inf).logsumexp(1)
others, cosines = gathered(others), gathered(cos).flatten().sort(descending=True).values
log_b = others.logsumexp(0) - math.log(len(others))
median = cosines[(len(cosines) - 1) // 2]
self.margin_s.copy_((log_b / median.clamp(min=math.sqrt(0.5))).clamp(min=1))`
        : '',
    }
  },
  sphereFace2(options) {
    const { type, t } = chosen<SphereFace2Options>(sphereFace2Defaults, options)
    const m = (options.m as number | undefined) ?? (type === 'M' ? 1.5 : sphereFace2Defaults.m)
    const g = (c: string): string => `2 * ((${c} + 1) / 2).clamp(min=0) ** ${literal(t)} - 1`
    const theta = type === 'A' ? `angle(u, v) + ${literal(m)}` : `${literal(m)} * angle(u, v)`
    return {
      lines: `return ${type === 'C' ? `${g('cos')} - ${literal(m)}` : g(`torch.cos((${theta}).clamp(max=math.pi))`)}`,
      others: `return ${g('c')}${type === 'C' ? ` + ${literal(m)}` : ''}`,
      binary: true,
    }
  },
  uniFace: ({ m = uniFaceDefaults.m }) => ({ lines: `return cos - ${literal(m as number)}`, binary: true }),
}
