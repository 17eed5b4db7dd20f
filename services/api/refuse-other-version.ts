/** The API's SQL is written for one version of the schema. Throws for any other. */
export function refuseOtherVersion({ found, wanted }: { found: number; wanted: number }): void {
  if (found === wanted) return
  const instead = found > wanted ? 'run the newer Platen' : 'migrate it first'
  throw new Error(
    `cannot use the database: its version is ${found}, this Platen's is ${wanted}; ${instead}`,
  )
}
