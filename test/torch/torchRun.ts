import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** Debian's, with python3-torch. */
const PYTHON = process.env.PYTHON ?? '/usr/bin/python3'

/** One thread, so that runs disturb nobody. */
const ENV = { ...process.env, OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1' }

/** What Python prints; throws where it fails, with what it says. */
export function python(args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(PYTHON, args, {
    env: ENV,
    encoding: 'utf8',
    timeout: 500_000,
  })
  if (status !== 0) throw new Error(`${PYTHON} ${args.join(' ')}: ${error?.message ?? stderr}`)
  return stdout
}

const losses = (text: string): number[] =>
  [...text.matchAll(/step \d+ loss (\S+)$/gm)].map(([, loss]) => Number(loss))

/** What the program in each folder prints as its losses; one process for all of them. An error in its place. */
export function runEach(folders: readonly string[], steps: number): (number[] | Error)[] {
  const text = python([join(import.meta.dirname, 'each.py'), `${steps}`, ...folders])
  return text
    .split(/^folder /m)
    .slice(1)
    .map(part => {
      const failed = /^failed (.*)$/m.exec(part)
      return failed === null ? losses(part) : new Error(failed[1].replaceAll('\\n', '\n'))
    })
}

/** The same by torchrun, so many processes with gloo. */
export function torchrun(folder: string, steps: number, processes: number): number[] {
  const script = [join(folder, 'train.py'), '--steps', `${steps}`]
  // Python 3.11 goes through the flags OUT and ERR alone where PyTorch 1.13 looks up kinds of output: torchrun's default, none, fails.
  const output = ['--redirects', '2', '--tee', '2', '--log_dir', join(folder, 'log')]
  return losses(
    python([
      '-m',
      'torch.distributed.run',
      '--standalone',
      '--nproc_per_node',
      `${processes}`,
      ...output,
      ...script,
    ]),
  )
}
