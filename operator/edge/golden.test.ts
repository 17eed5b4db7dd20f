import { expect, it } from 'vitest'
import { toYaml } from '../render/yaml.ts'
import { cases } from './cases.support.ts'
import { renderEdge } from './index.ts'

// `vitest run --config test/vitest.config.ts operator/edge/golden.test.ts --update` writes the files anew.

it.each(cases)('$name: $why', async ({ name, input }) => {
  await expect(toYaml(renderEdge(input))).toMatchFileSnapshot(`testdata/${name}.yaml`)
})
