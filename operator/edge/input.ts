import type { Addresses } from '../render/index.ts'
import type { Region } from '../resources/region.ts'

/** One host and the namespace whose Services `ingest` and `api` serve it. */
export interface Route {
  host: string
  namespace: string
}

/** All that the objects of a region's edge depend on: the same input renders the same objects, to the byte. */
export interface EdgeInput {
  region: Region
  /** Of the tenants that are open: one that is suspended, closed or being deleted is not among them. In any order. */
  routes: Route[]
  /** Where the Region's endpoints are, as the tenants' stacks know it; needed where its collector is outside the cluster. */
  addresses?: Addresses
}
