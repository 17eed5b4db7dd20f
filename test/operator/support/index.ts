export { conditionIn } from './conditions.ts'
export { giveUpJob } from './give-up.ts'
export {
  API,
  DE,
  examplesIn,
  IN_FR,
  NAMESPACE,
  namespaceNamed,
  REGION_LABEL,
  regionNamed,
  secretNamed,
  tenantNamed,
} from './objects.ts'
export { find, namesOf, objectsIn } from './objects-of.ts'
export { buildOperator } from './operator-build.ts'
export { type Platform, startPlatform } from './platform.ts'
export { objectIn, restarted, templatesOf } from './stack-objects.ts'
export { LONG, within } from './within.ts'
