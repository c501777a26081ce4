import type { Form } from '../form.ts'
import { type Image, luma } from '../image.ts'
import { resize } from '../resize.ts'

/** An image's bytes in that form: where it has another size, or is made grey, each value rounded to the nearest. */
export function writeAs(form: Form, image: Image, to: Uint8Array): void {
  const { height, width, channels } = form
  const same = image.height === height && image.width === width
  if (same && channels === 3) {
    to.set(image.rgb)
    return
  }
  const rgb = same ? image.rgb : resize(image, height, width)
  for (let i = 0, from = 0; i < to.length; i++, from += channels === 1 ? 3 : 1) {
    const value = channels === 1 ? luma(rgb[from], rgb[from + 1], rgb[from + 2]) : rgb[from]
    to[i] = Math.round(value)
  }
}
