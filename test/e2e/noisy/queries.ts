/** What a page of the portal asks for. */
const LIGHT = '{ devices(first: 20) { nodes { id make model serial lifeCount site { name } } } }'

const nodes = (devices: number, readings: number) => `{
  devices(first: ${devices}) {
    totalCount
    nodes {
      id site { name } monitor { name }
      meters { name value } supplies { index level } openIncidents { code }
      incidents(first: 20) { nodes { code openedAt closedAt } }
      meterReadings(name: TOTAL, first: ${readings}) { nodes { observedAt value } }
      supplyReadings(index: "1.1", first: ${readings}) { nodes { observedAt level } }
    }
  }
}`

/** Nearly as much as the API lets one request have. */
export const HEAVY = nodes(70, 200)

/** More than that: it is refused before the database hears of it. */
export const TOO_MUCH = nodes(200, 200)

/** What somebody asks who wants all there is. */
export const QUERIES = [HEAVY, HEAVY, LIGHT, HEAVY, TOO_MUCH]
