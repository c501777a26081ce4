import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Where packages of Linux put Chromium. */
const FOLDERS = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome']
const SWIFTSHADER = 'vk_swiftshader_icd.json'

/**
 * The environment in which Dawn finds SwiftShader, the Vulkan that an installed Chromium brings: results are to be the same
 * wherever there is a card or none. As it is where there is no such Chromium: then the system's own driver is taken.
 */
export function withSwiftShader(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const folder = FOLDERS.find(each => existsSync(join(each, SWIFTSHADER)))
  if (folder === undefined) return environment
  const { LD_LIBRARY_PATH } = environment
  return {
    ...environment,
    VK_ICD_FILENAMES: join(folder, SWIFTSHADER),
    // The Vulkan loader beside it, where the system has none; a system's own comes first.
    LD_LIBRARY_PATH: [LD_LIBRARY_PATH, folder].filter(Boolean).join(delimiter),
  }
}
