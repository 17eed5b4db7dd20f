import { type ClusterPlan, FRANCE, MANAGEMENT } from '../clusters.ts'

/** What a Region says of its cluster, whoever made that. */
export type Home = Pick<ClusterPlan, 'name' | 'region'>

/** A Region of the demonstration, and the cluster in which it lives. */
export interface RegionPlan<Cluster extends Home = ClusterPlan> {
  name: string
  countries: string[]
  domain: string
  cluster: Cluster
  storageClass: string
  /** Of the edge's Service. */
  edge: 'LoadBalancer' | 'ClusterIP'
}

/** A customer of the demonstration. */
export interface TenantPlan<Cluster extends Home = ClusterPlan> {
  name: string
  displayName: string
  country: string
  region: RegionPlan<Cluster>
  site: { name: string; displayName: string }
  printers: number
}

export const STORAGE_CLASS = 'regional'

export const DE: RegionPlan = {
  name: 'de',
  countries: ['DE', 'AT'],
  domain: 'de.platen.test',
  cluster: MANAGEMENT,
  storageClass: STORAGE_CLASS,
  edge: 'LoadBalancer',
}

export const FR: RegionPlan = {
  name: 'fr',
  countries: ['FR'],
  domain: 'fr.platen.test',
  cluster: FRANCE,
  storageClass: STORAGE_CLASS,
  edge: 'LoadBalancer',
}

export const REGIONS = [DE, FR]

export const TENANTS: TenantPlan[] = [
  {
    name: 'acme',
    displayName: 'Acme Maschinenbau GmbH',
    country: 'DE',
    region: DE,
    site: { name: 'munich', displayName: 'Munich office' },
    printers: 3,
  },
  {
    name: 'alpenblick',
    displayName: 'Hotel Alpenblick',
    country: 'AT',
    region: DE,
    site: { name: 'innsbruck', displayName: 'Innsbruck' },
    printers: 2,
  },
  {
    name: 'lumiere',
    displayName: 'Imprimerie Lumière',
    country: 'FR',
    region: FR,
    site: { name: 'lyon', displayName: 'Lyon' },
    printers: 3,
  },
]

export const hostOf = ({ name, region }: TenantPlan<Home>) => `${name}.${region.domain}`
