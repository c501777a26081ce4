import { type Tensor, tensor } from '../../engine/index.ts'
import { type Image, luma } from './image.ts'
import { resize } from './resize.ts'

interface Size {
  readonly height: number
  readonly width: number
}

/** The rows of a tensor of images, filled one by one. */
export class Rows {
  readonly #values: Float32Array
  readonly #size: Size
  readonly #channels: 1 | 3
  #count = 0

  /** For at most `most` images. Throws when they do not fit into memory. */
  constructor(op: string, most: number, { height, width }: Size, channels: 1 | 3) {
    this.#size = { height, width }
    this.#channels = channels
    const size = most * height * width * channels
    try {
      this.#values = new Float32Array(size)
    } catch {
      const need = `[${most},${height},${width},${channels}] is ${(4 * size).toLocaleString('en')} bytes`
      throw new Error(`${op}: images that fit into memory expected, got more: ${need}`)
    }
  }

  /** What is wrong with an image's size, if it may not be brought to that of the rows. */
  differs({ height, width }: Image): string | undefined {
    if (height === this.#size.height && width === this.#size.width) return undefined
    const { height: h, width: w } = this.#size
    return `${h} x ${w}, as the first, or a size expected, got ${height} x ${width}`
  }

  add(image: Image): void {
    const rgb = resize(image, this.#size.height, this.#size.width)
    const row = this.#channels === 3 ? rgb.map(v => v / 255) : grey(rgb)
    this.#values.set(row, this.#count++ * row.length)
  }

  /** rows[N] -> [N,height,width,channels] */
  tensor(): Tensor {
    const { height, width } = this.#size
    const shape = [this.#count, height, width, this.#channels]
    return tensor(this.#values.subarray(0, this.#count * height * width * this.#channels), { shape })
  }
}

const grey = (rgb: Float32Array): Float32Array =>
  Float32Array.from(
    { length: rgb.length / 3 },
    (_, i) => luma(rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]) / 255,
  )
