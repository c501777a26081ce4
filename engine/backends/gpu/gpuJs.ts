/**
 * gpu.js 2.24, loaded on first use, and the types of what this folder uses of it. Some of that is private to gpu.js: results
 * go into memory that is used again, which no setting offers. So the version is pinned in package.json.
 */
export interface GpuJs {
  readonly GPU: {
    new (settings: { mode: string }): GPU
    readonly isWebGL2Supported: boolean
    readonly isWebGLSupported: boolean
    readonly isHeadlessGLSupported: boolean
    isWebGPUAvailable(): Promise<boolean>
  }
  readonly WebGPUContext: { acquire(): Promise<WebGPUContext> }
  readonly WebGPUBufferResult: new (settings: object) => WebGPUBufferResult
}

export interface GPU {
  readonly Kernel: {
    readonly features: Readonly<
      Record<'kernelMap' | 'isTextureFloat' | 'isFloatRead', boolean> &
        Record<'channelCount' | 'maxTextureSize', number>
    >
  }
  createKernel(source: string, settings: object): KernelShortcut
  createKernelMap(subkernels: object, source: string, settings: object): KernelShortcut
  destroy(): Promise<void>
}

/** A kernel as gpu.js returns it: callable; its state is in `kernel`. */
export interface KernelShortcut {
  (...args: readonly unknown[]): unknown
  readonly kernel: RawKernel
  build(...args: readonly unknown[]): unknown
  setOutput(output: readonly number[]): void
  destroy(): void
}

export interface RawKernel {
  readonly constructor: { readonly mode?: string; readonly name: string }
  readonly fallbackReason?: string
  readonly built: boolean
  readonly returnType: string
  output: number[]
  // GL
  readonly context: GlContext
  readonly maxTexSize: number[]
  readonly TextureConstructor: new (settings: object) => GlTexture
  threadDim: number[]
  texSize: Int32Array
  texture: GlTexture | null
  mappedTextures: GlTexture[] | null
  _textureSwitched: boolean
  _mappedTextureSwitched: Record<number, boolean>
  getInternalFormat(): number
  getTextureFormat(): number
  deleteTexture(texture: RawTexture): void
  // webgpu
  readonly componentCount: number
  outputBuffer: WebGPUBuffer | null
  bindGroupDirty: boolean
}

export interface GlContext {
  readonly RENDERER: number
  isContextLost(): boolean
  getExtension(name: 'WEBGL_debug_renderer_info'): { readonly UNMASKED_RENDERER_WEBGL: number } | null
  getExtension(name: 'WEBGL_lose_context'): { loseContext(): void } | null
  getParameter(name: number): unknown
  viewport(x: number, y: number, width: number, height: number): void
  deleteTexture(texture: RawTexture): void
}

/** A texture; `_refs` is gpu.js's count of its users. */
export interface RawTexture {
  _refs: number
}

/** gpu.js's handle of a texture. */
export interface GlTexture {
  readonly type: string
  readonly texture: RawTexture
  readonly output: readonly number[]
  newTexture(): void
  toArray(): Float32Array
}

export interface WebGPUBuffer {
  readonly size: number
  destroy(): void
}

/** gpu.js's handle of a storage buffer. */
export interface WebGPUBufferResult {
  buffer: WebGPUBuffer
  toArray(): Promise<Float32Array>
}

/** The WebGPU device, which gpu.js shares among all of a page. */
export interface WebGPUContext {
  readonly adapter: { readonly info?: Readonly<Record<string, string>>; readonly isFallbackAdapter?: boolean }
  readonly device: WebGPUDevice
  readonly isLost: boolean
}

export interface WebGPUDevice {
  readonly limits: Readonly<Record<string, number>>
  createBuffer(settings: { size: number; usage: number }): WebGPUBuffer
  readonly queue: { onSubmittedWorkDone(): Promise<void> }
  readonly lost: Promise<unknown>
  destroy(): void
}

let loading: Promise<GpuJs> | undefined

/** Loads gpu.js, once. Throws, with what to do, when it is not installed. */
export function loadGpuJs(): Promise<GpuJs> {
  loading ??= load()
  return loading
}

/** gpu.js is optional: in a `try`, webpack and esbuild bundle this library without it, with a warning. */
async function load(): Promise<GpuJs> {
  try {
    const module = await import('gpu.js')
    // Its own types know only what it shows.
    return (module.default ?? module) as unknown as GpuJs
  } catch (cause) {
    loading = undefined
    throw new Error('gpu: gpu.js is not installed: npm install --ignore-scripts gpu.js@2.24.1', { cause })
  }
}
