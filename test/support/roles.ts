import { connect, ROLES, type Role, type Sql } from '@platen/database'

/** Of every role, on servers that only tests reach. */
const PASSWORD = 'role-password'

/** Makes the roles on a server, for all its databases. */
export async function makeRoles(sql: Sql): Promise<void> {
  for (const role of ROLES) await sql.unsafe(`create role ${role} login password '${PASSWORD}'`)
}

/** The roles' way to the database at `url`; disposing of it ends their connections. */
export function roleAccess(url: string) {
  const connections: Sql[] = []
  const urlAs = (role: Role) => {
    const own = new URL(url)
    own.username = role
    own.password = PASSWORD
    return own.href
  }
  return {
    urlAs,
    as(role: Role) {
      const sql = connect(urlAs(role))
      connections.push(sql)
      return sql
    },
    endRoles: async () => void (await Promise.all(connections.map(sql => sql.end()))),
  }
}
