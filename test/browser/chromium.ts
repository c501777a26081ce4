import { chromium, type LaunchOptions } from 'playwright'
import { findChromium } from './installed.ts'

/** Chromium talks to nobody, and as root it has no sandbox. */
export const QUIET = [
  ...['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  ...['--disable-quic', '--disable-dev-shm-usage'],
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
]

/** WebGL 2 drawn by the processor: Mesa's llvmpipe, three times as fast as SwiftShader, which is in every Chromium. */
const GL = {
  llvmpipe: ['--use-gl=angle', '--use-angle=gl-egl', '--ignore-gpu-blocklist'],
  SwiftShader: ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
}
/** Mesa takes llvmpipe where there is a GPU too: results are to be the same everywhere. */
const SOFTWARE = { ...process.env, LIBGL_ALWAYS_SOFTWARE: '1' } as Record<string, string>
const WEBGPU = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']

/** How to start Chromium, without a display, so that it has WebGL 2 and WebGPU. */
export async function launchOptions(): Promise<LaunchOptions> {
  const executablePath = findChromium()
  for (const [name, flags] of Object.entries(GL)) {
    const options = { executablePath, args: [...QUIET, ...flags, ...WEBGPU], env: SOFTWARE }
    if ((await rendererOf(options))?.includes(name)) return options
  }
  throw new Error(`WebGL 2 in ${executablePath} by ${Object.keys(GL).join(' or ')} expected`)
}

/** What draws WebGL 2 then, if anything does. */
async function rendererOf(options: LaunchOptions): Promise<string | undefined> {
  const browser = await chromium.launch(options)
  try {
    const page = await browser.newPage()
    return await page.evaluate(() => {
      const gl = document.createElement('canvas').getContext('webgl2')
      const info = gl?.getExtension('WEBGL_debug_renderer_info')
      return info ? String(gl?.getParameter(info.UNMASKED_RENDERER_WEBGL)) : undefined
    })
  } finally {
    await browser.close()
  }
}
