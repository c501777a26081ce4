/** The prototype rule and the margin that a loss's name stands for: irCosFace is class centres with cosFace. */
export function partsOf(loss: string): { ir: boolean; family: string } {
  const ir = /^ir[A-Z]/.test(loss)
  return { ir, family: ir ? loss[2].toLowerCase() + loss.slice(3) : loss }
}

const TITLES: Readonly<Record<string, string>> = {
  lSoftmax: 'L-Softmax',
  mvSoftmax: 'MV-Softmax',
  sphereFaceR: 'SphereFace-R',
  combinedMargin: 'combined margin',
  centerLoss: 'centre loss',
}

/** irCosFace is written IR-CosFace. */
export function titleOf(loss: string): string {
  const { ir, family } = partsOf(loss)
  const title = TITLES[family] ?? family[0].toUpperCase() + family.slice(1)
  return ir ? `IR-${title}` : title
}
