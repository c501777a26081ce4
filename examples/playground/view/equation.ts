/** Names of the library's equations and how they are printed. */
const SIGNS: Readonly<Record<string, string>> = {
  theta: 'θ',
  psi: 'ψ',
  lambda: 'λ',
  pi: 'π',
  sum: 'Σ',
}

export interface Part {
  readonly text: string
  readonly below: boolean
}

/** An equation of the library's table in printable parts: Greek letters by their signs, `_y` set below. */
export function equationParts(equation: string): Part[] {
  const text = equation
    .replace(/\b[a-z]+(?![a-z])/g, word => SIGNS[word] ?? word)
    .replace(/(theta|psi|lambda)(?=_)/g, word => SIGNS[word])
    .replaceAll('-', '−')
    .replace(/<([^<>]+)>/g, '⟨$1⟩')
  return text.split(/(_[a-z0-9]+)/).flatMap(part => {
    if (part === '') return []
    return part.startsWith('_') ? { text: part.slice(1), below: true } : { text: part, below: false }
  })
}

/** The same as elements, a line each where the table has a semicolon. */
export const equationLines = (equation: string): HTMLElement[] =>
  equation.split('; ').map(part => {
    const line = document.createElement('span')
    line.append(...equationParts(part).map(node))
    return line
  })

function node({ text, below }: Part): Node | string {
  if (!below) return text
  const sub = document.createElement('sub')
  sub.textContent = text
  return sub
}
