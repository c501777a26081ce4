import { fileURLToPath } from 'node:url'
import { Contestant } from './harness/contestant.ts'
import type { Options, PeerName } from './options.ts'
import type { OursOptions } from './ours/adapter.ts'
import { flagsOf } from './ours/flags.ts'
import { INSTALL, install } from './peers/install.ts'
import { isInstalled, PEERS, type PeerGroup, type PeerRow, startWith, WAYS } from './peers/registry.ts'

const ADAPTER = fileURLToPath(new URL('./ours/adapter.ts', import.meta.url))

export const oursOf = ({ backend, threads }: Options): OursOptions => ({ backend, threads })

export const ours = (name: string, options: OursOptions): Contestant =>
  new Contestant({ name, start: { adapter: ADAPTER, options, flags: flagsOf(options.backend) } })

/**
 * The peers that were chosen, by default those of the group, started with so many threads where they can have them; what is
 * not installed yet is, once. A peer that cannot start says why.
 */
export async function startPeers(
  names: Options['peers'],
  group: PeerGroup,
  threads: number,
): Promise<Contestant[]> {
  const all: readonly (PeerRow & { readonly name: PeerName })[] = [...PEERS, ...WAYS]
  const usual = ({ groups = ['kernels'] }: PeerRow): boolean => groups.includes(group)
  const rows = all.filter(row => (names === undefined ? usual(row) : names.includes(row.name)))
  const failed = rows.every(isInstalled) ? undefined : install()
  const peers = rows.map(row => {
    return new Contestant(row.threads ? { ...row, start: startWith(row, threads) } : row)
  })
  for (const [i, peer] of peers.entries()) {
    const row = rows[i]
    const reason = isInstalled(row) ? row.build?.() : `not installed (${failed}): run ${INSTALL}`
    if (reason === undefined) await peer.start()
    else peer.greeting = { reason }
  }
  return peers
}
