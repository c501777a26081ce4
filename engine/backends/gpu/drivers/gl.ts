import type { GlContext, GlTexture, GPU, KernelShortcut, RawKernel, RawTexture } from '../gpuJs.ts'
import { COPY, type Program } from '../program.ts'
import { createKernel, type Dialect } from './createKernel.ts'
import type { Driver, Handle } from './driver.ts'
import { FreeList } from './freeList.ts'
import { KernelCache } from './kernelCache.ts'

/** A float texture, one value a texel or four. */
interface Texture extends Handle {
  readonly texture: GlTexture
  /** Its key in the free list. */
  readonly key: string
  readonly bytes: number
}

type Argument = Handle | number

const PIPELINE = { pipeline: true, immutable: true }

/**
 * gpu.js's modes `webgl2`, `webgl` and `headlessgl`: arrays are float textures. Left to itself gpu.js makes a texture for
 * each result, and resizes its canvas with each size; here a kernel's output is set to a texture of the free list and its size
 * before it runs.
 */
export class GlDriver implements Driver {
  readonly #gpu: GPU
  readonly #dialect: Dialect
  /**
   * GLSL ES 1.00 takes constants alone as bounds of a loop: gpu.js writes a loop for it whose end is an argument, but not
   * one whose end is a constant of ours by a name. headless-gl, which is of the same language, does not mind.
   */
  readonly #specializes: boolean
  readonly kernels = new KernelCache(discard)
  readonly memory = new FreeList<RawTexture>(texture => this.#context?.deleteTexture(texture))
  /** Bytes of a value in a texture of one a texel: WebGL 1 draws into four channels all the same. */
  readonly #single: number
  #context: GlContext | undefined
  #lost: string | undefined

  constructor(gpu: GPU, mode: string) {
    this.#gpu = gpu
    this.#dialect = mode === 'webgl2' ? 'GLSL ES 3.00' : 'GLSL ES 1.00'
    this.#specializes = mode !== 'webgl'
    this.#single = mode === 'webgl2' ? 4 : 16
  }

  get lost(): string | undefined {
    if (this.#context?.isContextLost()) this.#lost ??= 'the WebGL context was lost'
    return this.#lost
  }

  /** Of the first kernel on. */
  get context(): GlContext | undefined {
    return this.#context
  }

  run(program: Program, length: number, args: readonly Argument[]): readonly Handle[] {
    const special =
      program.specialize && this.#specializes
        ? this.kernels.special(keyOf(program, args), () =>
            this.#create(specialized(program, args), length, args.filter(isTexture), {
              dynamicArguments: false,
            }),
          )
        : undefined
    const kernel = special ?? this.kernels.general(program.source, () => this.#create(program, length, args))
    const given = special === undefined ? args : args.filter(isTexture)
    return this.#call(
      kernel,
      length,
      given.map(a => (isTexture(a) ? a.texture : a)),
    )
  }

  upload(values: Float32Array): Handle {
    const make = () =>
      createKernel(this.#gpu, this.#dialect, COPY, values.length, [{ length: 0 }], () => 'Array', PIPELINE)
    return this.#call(this.kernels.general('upload', make), values.length, [values])[0]
  }

  read(handle: Handle): Float32Array {
    return (handle as Texture).texture.toArray()
  }

  free(handle: Handle): void {
    const { key, texture, bytes } = handle as Texture
    this.memory.give(key, texture.texture, bytes)
  }

  destroy(): void {
    void this.#gpu.destroy()
  }

  lose(): void {
    this.#context?.getExtension('WEBGL_lose_context')?.loseContext()
  }

  #create(program: Program, length: number, args: readonly Argument[], more: object = {}): KernelShortcut {
    const typeOf = (a: Handle): string => (a as Texture).texture.type
    return createKernel(this.#gpu, this.#dialect, program, length, args, typeOf, { ...PIPELINE, ...more })
  }

  #call(kernel: KernelShortcut, length: number, args: readonly unknown[]): readonly Handle[] {
    const raw = kernel.kernel
    if (!raw.built) this.#build(kernel, args)
    const size = sizeOf(length)
    raw.output = [length]
    raw.threadDim = [length, 1, 1]
    raw.texSize = size
    this.#makeRoom(raw, size)
    const results = Array.from({ length: 1 + (raw.mappedTextures?.length ?? 0) }, () =>
      this.#texture(raw, length, size),
    )
    const [first, ...more] = results
    raw.texture = first.texture
    raw._textureSwitched = true
    if (more.length > 0) {
      raw.mappedTextures = more.map(t => t.texture)
      raw._mappedTextureSwitched = Object.fromEntries(more.map((_, i) => [i, true]))
    }
    kernel(...args)
    if (kernel.kernel !== raw) throw new Error(`gpu: a kernel fell back: ${kernel.kernel.fallbackReason}`)
    return results
  }

  #build(kernel: KernelShortcut, args: readonly unknown[]): void {
    kernel.build(...args)
    const raw = kernel.kernel
    if (!raw.built) throw new Error(`gpu: a kernel fell back: ${raw.fallbackReason}`)
    this.#context = raw.context
    for (const { texture } of [raw.texture!, ...(raw.mappedTextures ?? [])]) raw.deleteTexture(texture)
  }

  /** gpu.js draws into a viewport as large as its largest output, and scales. */
  #makeRoom(raw: RawKernel, [width, height]: Int32Array): void {
    const most = raw.maxTexSize
    if (width <= most[0] && height <= most[1]) return
    most[0] = Math.max(most[0], width)
    most[1] = Math.max(most[1], height)
    raw.context.viewport(0, 0, most[0], most[1])
  }

  #texture(raw: RawKernel, length: number, size: Int32Array): Texture {
    const values = raw.returnType === 'Array(4)' ? 4 : 1
    const key = `${values}:${size[0]}x${size[1]}`
    const bytes = size[0] * size[1] * (values === 4 ? 16 : this.#single)
    const old = this.memory.take(key, bytes)
    // gpu.js counts users and replaces a texture that has others; one of the free list has none.
    if (old !== undefined) old._refs = 0
    const texture = new raw.TextureConstructor({
      texture: old ?? { _refs: 0 },
      size,
      dimensions: raw.threadDim,
      output: raw.output,
      context: raw.context,
      internalFormat: raw.getInternalFormat(),
      textureFormat: raw.getTextureFormat(),
      kernel: raw,
    })
    if (old === undefined) texture.newTexture()
    return { length, texture, key, bytes }
  }
}

/** gpu.js would delete the last results with their kernel; they belong to the free list, or to a tensor. */
function discard(kernel: KernelShortcut): void {
  kernel.kernel.texture = null
  kernel.kernel.mappedTextures = null
  kernel.destroy()
}

const isTexture = (a: Argument): a is Texture => typeof a !== 'number'

/** What a kernel is compiled for: the sizes of textures, and the numbers. */
const keyOf = ({ source }: Program, args: readonly Argument[]): string =>
  `${args.map(a => (isTexture(a) ? a.key : a))} ${source}`

/** The program with its number arguments as constants of the text, which the compiler reckons with. */
function specialized(program: Program, args: readonly Argument[]): Program {
  const [, parameters, body] = /^function \(([^)]*)\) \{([\s\S]*)$/.exec(program.source)!
  const names = parameters.split(',').map(name => name.trim())
  const constants = names.flatMap((name, i) => (isTexture(args[i]) ? [] : `const ${name} = ${args[i]};`))
  const left = names.filter((_, i) => isTexture(args[i]))
  return { ...program, source: `function (${left.join(', ')}) { ${constants.join(' ')}${body}` }
}

/** Width and height of a texture of so many texels: near a square, as gpu.js has them. */
function sizeOf(length: number): Int32Array {
  const width = Math.floor(Math.sqrt(length))
  return Int32Array.of(width, Math.ceil(length / width))
}
