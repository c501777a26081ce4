export type Shape = 'dot' | 'ring' | 'square' | 'diamond'

/** A mark of radius r in the context's fill colour; a ring is drawn by its stroke. */
export function marker(
  context: CanvasRenderingContext2D,
  shape: Shape,
  x: number,
  y: number,
  r: number,
): void {
  if (shape === 'square') {
    context.fillRect(x - r, y - r, 2 * r, 2 * r)
    return
  }
  context.beginPath()
  if (shape === 'diamond') {
    context.moveTo(x, y - 1.3 * r)
    context.lineTo(x + 1.3 * r, y)
    context.lineTo(x, y + 1.3 * r)
    context.lineTo(x - 1.3 * r, y)
    context.closePath()
  } else context.arc(x, y, r, 0, 2 * Math.PI)
  if (shape === 'ring') context.stroke()
  else context.fill()
}
