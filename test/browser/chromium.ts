import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium, type LaunchOptions } from 'playwright'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin']

/** An installed Chromium: the one that the variable CHROMIUM names, or the first on the path. */
export function findChromium(): string {
  const named = process.env.CHROMIUM
  const all = FOLDERS.flatMap(folder => NAMES.map(name => join(folder, name)))
  const found = (named ? [named] : all).find(runs)
  if (found !== undefined) return found
  throw new Error(
    `an installed Chromium expected, got ${named || `none of ${NAMES.join(', ')} on the path`}. ` +
      'Debian, Ubuntu: apt-get install chromium. Elsewhere: CHROMIUM=/path/to/chromium before the command',
  )
}

function runs(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

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
