import { checkInteger, refusal } from '../../engine/check.ts'

/** What images are brought to. */
export interface Form {
  readonly height: number
  readonly width: number
  readonly channels: 1 | 3
}

export const sizeOf = ({ height, width, channels }: Form): number => height * width * channels

export function checkForm(op: string, size: unknown, channels: unknown): void {
  if (channels !== 1 && channels !== 3) throw refusal(op, 'channels: 1 or 3', channels)
  if (size === undefined) return
  const { height, width, ...rest } = Object(size)
  if (height === undefined || width === undefined || Object.keys(rest).length > 0) {
    const [h, w] = Array.isArray(size) ? size : [size, size]
    const meant =
      typeof h === 'number' && typeof w === 'number' ? `{ height: ${h}, width: ${w} }` : '{ height, width }'
    throw refusal(op, `size: ${meant}`, size)
  }
  checkInteger(op, 'size.height', height, 1)
  checkInteger(op, 'size.width', width, 1)
}
