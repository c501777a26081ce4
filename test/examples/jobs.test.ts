import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { lockFolder } from '../../examples/jobs/lock.ts'
import { alive, writeWhole } from '../../models/node/writeWhole.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const base = mkdtempSync(join(tmpdir(), 'jobs-'))
// Seconds where nothing else runs; the rest is for machines that are busy.
const LIMIT = 300_000
afterAll(() => rmSync(base, { recursive: true }))

function folder(name: string): string {
  const path = join(base, name)
  mkdirSync(path)
  return path
}

const TSX = [process.execPath, '--import', 'tsx']
const fixture = (name: string): string => join('test', 'examples', 'jobsFixtures', `${name}.ts`)
const start = (...args: string[]): ChildProcess => spawn(TSX[0], [...TSX.slice(1), ...args], { cwd: root })

/** As on a disk that is full: no file of this process or its children may grow beyond 8 kB. */
const crowded = (...args: string[]) =>
  spawnSync('bash', ['-c', 'ulimit -f 8; exec "$@"', 'bash', ...TSX, ...args], {
    cwd: root,
    encoding: 'utf8',
  })

const until = async (what: () => boolean): Promise<void> => {
  while (!what()) await new Promise(resolve => setTimeout(resolve, 20))
}
const said = (child: ChildProcess): Promise<string> =>
  new Promise(resolve => child.stdout!.once('data', data => resolve(String(data).trim())))
const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise(resolve => child.once('close', resolve))
/** The number of a process that ran once. */
const gone = (): number => spawnSync(process.execPath, ['-e', '']).pid

describe('writeWhole', () => {
  test('writes over what is there, and makes folders', () => {
    const path = join(folder('write'), 'a', 'b.txt')
    writeWhole(path, 'one')
    writeWhole(path, Uint8Array.of(65, 66))
    expect(readFileSync(path, 'utf8')).toBe('AB')
    expect(readdirSync(join(path, '..'))).toEqual(['b.txt'])
  })

  test('says which file and why, leaves the one before, and nothing else', { timeout: LIMIT }, () => {
    const own = folder('full')
    const path = join(own, 'results.json')
    writeFileSync(path, 'before')
    const { status, stderr } = crowded(fixture('write'), path)
    expect([status, stderr.trim()]).toEqual([1, `${path}: not written: EFBIG: file too large, write`])
    expect(readdirSync(own)).toEqual(['results.json'])
    expect(readFileSync(path, 'utf8')).toBe('before')
  })

  test('a name that is a folder is an error of the file, without a draft', () => {
    const own = folder('taken')
    mkdirSync(join(own, 'a', 'b'), { recursive: true })
    expect(() => writeWhole(join(own, 'a'), 'x')).toThrow(`${join(own, 'a')}: not written: `)
    expect(readdirSync(own)).toEqual(['a'])
  })
})

describe('lockFolder', () => {
  test('a folder is of one process at a time; the error names the other', { timeout: LIMIT }, async () => {
    const own = folder('locked')
    const first = start(fixture('hold'), own)
    expect(await said(first)).toBe('held')
    const second = start(fixture('hold'), own)
    const refused = ended(second)
    expect(await said(second)).toContain(
      `${own}: a folder of its own expected, process ${first.pid} writes there`,
    )
    expect(await refused).toBe(1)
    const over = ended(first)
    first.stdin!.end()
    expect(await over).toBe(0)
    expect(readdirSync(own)).toEqual([])
    lockFolder(own)()
    expect(readdirSync(own)).toEqual([])
  })

  test('of a process that was killed it is taken over, with its drafts', { timeout: LIMIT }, async () => {
    const own = folder('stale')
    const first = start(fixture('hold'), own)
    expect(await said(first)).toBe('held')
    const over = ended(first)
    first.kill('SIGKILL')
    await over
    writeFileSync(join(own, `results.json.${first.pid}.tmp`), 'half')
    writeFileSync(join(own, `other.json.${process.ppid}.tmp`), 'of one that runs')
    lockFolder(own)()
    expect(readdirSync(own)).toEqual([`other.json.${process.ppid}.tmp`])
  })

  test.each([
    [
      'of another machine, which cannot be seen',
      { pid: gone(), host: 'elsewhere' },
      'of elsewhere writes there',
    ],
    [
      'of a parent that runs',
      { pid: process.ppid, host: hostname() },
      `process ${process.ppid} writes there`,
    ],
  ])('%s, is respected', (name, holder, message) => {
    const own = folder(name.slice(0, 12))
    writeFileSync(join(own, '.lock'), JSON.stringify(holder))
    expect(() => lockFolder(own)).toThrow(message)
  })

  test.each([
    ['of one with our own number, as after a container came back', { pid: process.pid, host: hostname() }],
    ['of one that is gone', { pid: gone(), host: hostname() }],
  ])('%s, is taken over', (name, holder) => {
    const own = folder(name)
    writeFileSync(join(own, '.lock'), JSON.stringify(holder))
    lockFolder(own)()
    expect(readdirSync(own)).toEqual([])
  })
})

test('a run whose main process is killed while it starts ends too', { timeout: LIMIT }, async () => {
  const own = folder('orphan')
  const main = start(fixture('main'), own)
  await until(() => existsSync(join(own, 'starting')) && readFileSync(join(own, 'starting'), 'utf8') !== '')
  const pid = Number(readFileSync(join(own, 'starting'), 'utf8'))
  main.kill('SIGKILL')
  await until(() => !alive(pid))
  expect(existsSync(join(own, 'step'))).toBe(false)
})

test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
  'a run whose main process ends by %s ends too',
  { timeout: LIMIT },
  async signal => {
    const own = folder(signal)
    const main = start(fixture('main'), own)
    await until(() => existsSync(join(own, 'step')))
    const pid = Number(readFileSync(join(own, 'starting'), 'utf8'))
    const over = ended(main)
    main.kill(signal)
    await over
    await until(() => !alive(pid))
  },
)

describe('the main job', () => {
  const MAIN = join('examples', 'long-tail', 'main.ts')
  const small = ['--losses', 'normFace', '--jobs', '1', '--backend', 'wasm']

  test('on a full disk prints the table, says so in a line, and leaves no draft', { timeout: LIMIT }, () => {
    const out = folder('crowded')
    const { status, stdout, stderr } = crowded(MAIN, ...small, '--steps', '1', '--out', out)
    expect(stdout).toMatch(/^loss +seed +balanced acc\./)
    const lines = stderr.trim().split('\n')
    expect(lines.at(-1)).toMatch(/^error: report: .*index\.html: not written: EFBIG/)
    expect(stderr).not.toContain('    at ')
    expect(status).toBe(1)
    // Figures are below 8 kB, and pictures are not.
    expect(readdirSync(out)).toEqual(['results.json'])
  })

  test('in a folder of another that runs says so at once', { timeout: LIMIT }, async () => {
    const out = folder('twice')
    const first = start(MAIN, ...small, '--steps', '100000', '--out', out)
    await until(() => existsSync(join(out, '.lock')))
    const second = start(MAIN, ...small, '--steps', '1', '--out', out)
    let text = ''
    second.stderr!.on('data', data => {
      text += data
    })
    expect(await ended(second)).toBe(1)
    expect(text).toMatch(new RegExp(`^error: --out: .*process ${first.pid} writes there.*\n$`))
    const over = ended(first)
    first.kill('SIGINT')
    expect(await over).toBe(130)
    expect(readdirSync(out).filter(name => name.startsWith('.') || name.endsWith('.tmp'))).toEqual([])
  })
})
