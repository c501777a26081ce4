import { createRequire } from 'node:module'
import { noGrad, permute, type Tensor, tensor } from '../../engine/index.ts'

/** What is used of OpenCV's JavaScript builds, which are installed beside this file and not in the root. */
interface Mat {
  readonly matSize: readonly number[]
  readonly data32F: Float32Array
  delete(): void
}
interface Net {
  setInput(blob: Mat): void
  forward(): Mat
  delete(): void
}
interface OpenCV {
  /** Their types are CV_32FC1 to CV_32FC4. */
  readonly [type: `CV_32FC${number}`]: number
  readonly CV_32F: number
  readonly Mat: new (rows: number, columns: number, type: number) => Mat
  readonly Size: new (width: number, height: number) => object
  readonly Scalar: new () => object
  FS_createDataFile(folder: string, name: string, bytes: Uint8Array, ...rights: boolean[]): void
  FS_unlink(path: string): void
  readNetFromONNX(path: string): Net
  blobFromImage(
    image: Mat,
    scale: number,
    size: object,
    mean: object,
    swapped: boolean,
    cropped: boolean,
    type: number,
  ): Mat
  exceptionFromPtr(pointer: number): { readonly msg: string }
}

export interface Runtime {
  /** What OpenCV computes from the model for a batch of vectors, or for one image, [1,H,W,C] outside. Throws as it does. */
  run(model: Uint8Array, x: Tensor): Tensor
}

/** 4.6 is that of Debian 12, 4.12 the newest 4. */
export const VERSIONS = ['4.6', '4.12'] as const

/** Starts a build. In an object of its own: some are thenables that resolve to themselves, and would be awaited for ever. */
export async function openCV(version: (typeof VERSIONS)[number]): Promise<Runtime> {
  const loaded = createRequire(import.meta.url)(`opencv-${version}`)
  const { cv } = await new Promise<{ cv: OpenCV }>(resolve => {
    if (loaded instanceof Promise) void loaded.then(cv => resolve({ cv }))
    else loaded.onRuntimeInitialized = () => resolve({ cv: loaded })
  })
  return { run: (model, x) => runOpenCV(cv, model, x) }
}

function runOpenCV(cv: OpenCV, model: Uint8Array, x: Tensor): Tensor {
  const held: { delete(): void }[] = []
  const hold = <T extends { delete(): void }>(object: T): T => {
    held.push(object)
    return object
  }
  cv.FS_createDataFile('/', 'net.onnx', model, true, true, true)
  try {
    const net = hold(cv.readNetFromONNX('/net.onnx'))
    net.setInput(hold(blobOf(cv, x)))
    const { matSize, data32F } = hold(net.forward())
    const z = tensor(Float32Array.from(data32F), { shape: [...matSize] })
    return z.rank === 4 ? noGrad(() => permute(z, [0, 2, 3, 1])) : z
  } catch (error) {
    throw typeof error === 'number' ? new Error(cv.exceptionFromPtr(error).msg) : error
  } finally {
    for (const object of held) object.delete()
    cv.FS_unlink('/net.onnx')
  }
}

function blobOf(cv: OpenCV, x: Tensor): Mat {
  const [height, width, channels] = x.rank === 4 ? x.shape.slice(1) : [x.shape[0], x.shape[1], 1]
  const mat = new cv.Mat(height, width, cv[`CV_32FC${channels}`])
  mat.data32F.set(x.dataSync())
  if (x.rank !== 4) return mat
  const size = new cv.Size(width, height)
  const blob = cv.blobFromImage(mat, 1, size, new cv.Scalar(), false, false, cv.CV_32F)
  mat.delete()
  return blob
}
