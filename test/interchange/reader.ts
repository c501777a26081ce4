/** What a file of safetensors holds, read by its specification alone and not by the package's reader. */
export interface Read {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly bytes: Uint8Array
}

export function readFile(file: Uint8Array): Map<string, Read> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  // 8 bytes, the first the lowest; a header of more than 4 GB is none of these tests.
  const length = view.getUint32(0, true)
  if (view.getUint32(4, true) !== 0 || file[8] !== '{'.charCodeAt(0)) throw new Error('no header')
  const header = JSON.parse(Buffer.from(file.subarray(8, 8 + length)).toString('utf8'))
  const tensors = new Map<string, Read>()
  for (const [name, row] of Object.entries<{ dtype: string; shape: number[]; data_offsets: number[] }>(
    header,
  )) {
    if (name === '__metadata__') continue
    const [begin, end] = row.data_offsets.map(at => 8 + length + at)
    tensors.set(name, {
      dtype: row.dtype,
      shape: row.shape,
      bytes: Uint8Array.from(file.subarray(begin, end)),
    })
  }
  return tensors
}

/** The element at an index of a tensor of F32. */
export function at({ shape, bytes }: Read, ...index: number[]): number {
  const flat = index.reduce((n, i, axis) => n * shape[axis] + i, 0)
  return new DataView(bytes.buffer, bytes.byteOffset).getFloat32(4 * flat, true)
}
