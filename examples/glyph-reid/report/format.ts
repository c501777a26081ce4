/** What is not defined, such as the accuracy over no class, is a dash. */
const orDash = (value: number, text: (value: number) => string): string =>
  Number.isFinite(value) ? text(value) : '–'

/** A share as a percentage without its sign: .674 is 67.4. */
export const hundredths = (share: number): string => orDash(share, v => (100 * v).toFixed(1))

/** A difference of shares in points, signed. */
export const points = (difference: number): string =>
  orDash(difference, v => {
    const text = Math.abs(100 * v).toFixed(1)
    return text === '0.0' ? text : `${v < 0 ? '−' : '+'}${text}`
  })

export const wholeSeconds = (seconds: number): string => orDash(seconds, v => v.toFixed(0))
