import { expect, it } from 'vitest'
import { renderFinalBackup, renderTenant } from './index.ts'
import { cases } from './input.support.ts'
import { toYaml } from './yaml.ts'

// `vitest run --config test/vitest.config.ts operator/render/golden.test.ts --update` writes the files anew.

it.each(cases)('$name: $why', async ({ name, input }) => {
  const yaml = toYaml([...renderTenant(input), ...renderFinalBackup(input)])
  await expect(yaml).toMatchFileSnapshot(`testdata/${name}.yaml`)
})
