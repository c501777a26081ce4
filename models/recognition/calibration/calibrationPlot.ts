import { refusal } from '../../../engine/check.ts'
import { atLeastCount } from '../../evaluation/numbers.ts'
import { type PairScores, sortedScores } from '../../evaluation/verification.ts'
import { type Calibration, isIdentityPairs } from './calibrate.ts'
import type { IdentityPairs } from './identityPairs.ts'
import type { Rate } from './rate.ts'

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [640, 400, 62, 16, 34, 46]
/** Places along the axis of scores. */
const STEPS = 240
const COLORS = { far: '#c2410c', frr: '#1d4ed8' } as const

/**
 * Both error rates over the threshold, the rates on a logarithmic axis, with the chosen threshold and the intervals there, as the
 * text of an SVG.  scores and what `calibrate` made of them -> SVG
 */
export function calibrationPlot(scores: PairScores | IdentityPairs, calibration: Calibration): string {
  if (![calibration?.threshold, calibration?.far?.value, calibration?.frr?.value].every(isNumber))
    throw refusal('calibrationPlot', 'calibration as calibrate(scores, { far }) gives it', calibration)
  const { same, different } = sortedScores(
    'calibrationPlot',
    isIdentityPairs(scores) ? splitByIdentity(scores) : scores,
  )
  const { threshold, far, frr, confidence } = calibration
  const ends = [same, different].filter(list => list.length > 0)
  const low = Math.min(threshold, ...ends.map(list => list[0]))
  const high = Math.max(threshold, ...ends.map(list => list[list.length - 1]))
  const least =
    10 ** Math.floor(Math.log10(Math.min(1 / Math.max(same.length, different.length, 10), far.high)))
  const x = (score: number): number => LEFT + ((WIDTH - LEFT - RIGHT) * (score - low)) / (high - low || 1)
  const y = (rate: number): number =>
    TOP + ((HEIGHT - TOP - BOTTOM) * Math.log(Math.max(rate, least))) / Math.log(least)
  const curve = (rateAt: (t: number) => number): string =>
    Array.from({ length: STEPS + 1 }, (_, i) => low + ((high - low) * i) / STEPS)
      .map(t => `${round(x(t))},${round(y(rateAt(t)))}`)
      .join(' ')
  const line = (points: string, color: string): string =>
    `<polyline points="${points}" fill="none" stroke="${color}" stroke-width="2"/>`
  const bar = (rate: Rate, color: string): string => {
    const [at, from, to] = [round(x(threshold)), round(y(rate.low)), round(y(rate.high))]
    return `<line x1="${at}" x2="${at}" y1="${from}" y2="${to}" stroke="${color}" stroke-width="6" stroke-opacity="0.45"/>`
  }
  const label = `FAR ${percent(far.value)} (${percent(far.low)} to ${percent(far.high)}), FRR ${percent(frr.value)} at threshold ${threshold.toPrecision(4)}, ${percent(confidence)} intervals`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${label}" font-family="sans-serif" font-size="13" fill="currentColor">`,
    `<text x="${LEFT}" y="20">${label}</text>`,
    ...decades(least).map(rate => {
      const at = round(y(rate))
      return `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}" stroke="currentColor" stroke-opacity="0.15"/><text x="${LEFT - 6}" y="${at + 4}" text-anchor="end">${percent(rate)}</text>`
    }),
    ...[0, 0.25, 0.5, 0.75, 1].map(share => {
      const score = low + share * (high - low)
      return `<text x="${round(x(score))}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${score.toFixed(2)}</text>`
    }),
    `<text x="${WIDTH / 2}" y="${HEIGHT - 8}" text-anchor="middle">threshold</text>`,
    `<line x1="${round(x(threshold))}" x2="${round(x(threshold))}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="currentColor" stroke-dasharray="4 4"/>`,
    line(
      curve(t => atLeastCount(different, t) / different.length),
      COLORS.far,
    ),
    ...(same.length > 0
      ? [
          line(
            curve(t => 1 - atLeastCount(same, t) / same.length),
            COLORS.frr,
          ),
          bar(frr, COLORS.frr),
        ]
      : []),
    bar(far, COLORS.far),
    `<text x="${WIDTH - RIGHT}" y="${TOP + 14}" text-anchor="end"><tspan fill="${COLORS.far}">FAR</tspan> <tspan fill="${COLORS.frr}">FRR</tspan></text>`,
    '</svg>',
  ].join('\n')
}

const isNumber = (value: unknown): boolean => typeof value === 'number'

/** 1, 0.1, .. `least`. */
const decades = (least: number): number[] =>
  Array.from({ length: Math.round(-Math.log10(least)) + 1 }, (_, i) => 10 ** -i)

const percent = (rate: number): string => `${Number((100 * rate).toPrecision(2))} %`
const round = (value: number): number => Math.round(value * 100) / 100

function splitByIdentity({ scores, a, b }: IdentityPairs): PairScores {
  const of = (same: boolean): Float64Array =>
    Float64Array.from(scores).filter((_, p) => (a[p] === b[p]) === same)
  return { same: of(true), different: of(false) }
}
