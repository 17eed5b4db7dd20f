export { conditionIn } from './conditions.ts'
export {
  API,
  examplesIn,
  IN_FR,
  NAMESPACE,
  namespaceNamed,
  regionNamed,
  secretNamed,
  tenantNamed,
} from './objects.ts'
export { find, namesOf, objectsIn } from './objects-of.ts'
export { buildOperator } from './operator-build.ts'
export { type Platform, startPlatform } from './platform.ts'
