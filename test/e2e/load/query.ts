import { connect } from '@platen/database'

/** Asks a tenant's database; runs in the network of its node (database.ts). Prints the rows as JSON. */
interface Question {
  databaseUrl: string
  query: string
}

async function ask({ databaseUrl, query }: Question): Promise<unknown[]> {
  const sql = connect(databaseUrl, { max: 1 })
  try {
    return [...(await sql.unsafe(query))]
  } finally {
    await sql.end()
  }
}

process.stdout.write(JSON.stringify(await ask(JSON.parse(process.argv[2] ?? '{}'))))
