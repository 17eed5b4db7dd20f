import { isIPv4 } from 'node:net'
import { type Command, OptionError } from '../../support/command-line.ts'
import type { Place } from './compile.ts'
import { parseBlock } from './ranges.ts'

/** What the enforcer is started with. */
export interface Options {
  kubeconfig: string
  place: Place
}

const HELP = `Enforces the NetworkPolicies of a cluster of one node, in the network namespace in which it is started: watches pods,
namespaces and policies, and keeps one nftables table as they want it. When it ends, the table stays in force.

  --kubeconfig FILE     of somebody who may list and watch pods, namespaces and networkpolicies
  --pod-cidr CIDR       addresses of the node's pods; one that is not known yet can neither send nor receive
  --pod-interface NAME  the bridge of the pods, default cni0
  --table NAME          the nftables table (inet), which holds nothing else, default platen-policies
  --help                print this
`

export const COMMAND: Command<'kubeconfig' | 'pod-cidr' | 'pod-interface' | 'table', Options> = {
  name: 'node test/cluster/policies/main.ts',
  help: HELP,
  defaults: {
    kubeconfig: '',
    'pod-cidr': '',
    'pod-interface': 'cni0',
    table: 'platen-policies',
  },
  read(texts) {
    if (!texts.kubeconfig) throw new OptionError('cannot start: give --kubeconfig FILE')
    return {
      kubeconfig: texts.kubeconfig,
      place: {
        podCidr: cidr('--pod-cidr', texts['pod-cidr']),
        podInterface: word('--pod-interface', texts['pod-interface']),
        table: word('--table', texts.table),
      },
    }
  },
}

function cidr(option: string, text: string): string {
  if (isIPv4(text.split('/')[0] ?? '') && parseBlock(text)) return text
  throw new OptionError(`cannot read ${option} "${text}": write it like 10.101.0.0/16`)
}

/** Becomes a part of what nft reads. */
function word(option: string, text: string): string {
  if (/^[a-z][\w.-]*$/i.test(text)) return text
  throw new OptionError(
    `cannot read ${option} "${text}": write letters, digits, dots and dashes, a letter first`,
  )
}
