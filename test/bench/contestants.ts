import { fileURLToPath } from 'node:url'
import { Contestant } from './harness/contestant.ts'
import type { Options } from './options.ts'
import type { OursOptions } from './ours/adapter.ts'
import { flagsOf } from './ours/flags.ts'
import { INSTALL, install } from './peers/install.ts'
import { isInstalled, PEERS, type PeerRow, WAYS } from './peers/registry.ts'

const ADAPTER = fileURLToPath(new URL('./ours/adapter.ts', import.meta.url))

export const oursOf = ({ backend, threads }: Options): OursOptions => ({ backend, threads })

export const ours = (name: string, options: OursOptions): Contestant =>
  new Contestant({ name, start: { adapter: ADAPTER, options, flags: flagsOf(options.backend) } })

/** The peers that were chosen, started; what is not installed yet is, once. A peer that cannot start says why. */
export async function startPeers(names: Options['peers']): Promise<Contestant[]> {
  const all: readonly (PeerRow & { readonly name: Options['peers'][number] })[] = [...PEERS, ...WAYS]
  const rows = all.filter(row => names.includes(row.name))
  const failed = rows.every(isInstalled) ? undefined : install()
  const peers = rows.map(row => new Contestant(row))
  for (const [i, peer] of peers.entries()) {
    if (isInstalled(rows[i])) await peer.start()
    else peer.greeting = { reason: `not installed (${failed}): run ${INSTALL}` }
  }
  return peers
}
