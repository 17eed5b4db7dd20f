import type { ApiToken, Sql } from '@platen/database'
import type { Logger, Meter, Tracer } from '@platen/telemetry'
import { type ASTVisitor, parse, type ValidationContext } from 'graphql'
import { createYoga, type Plugin } from 'graphql-yoga'
import { badInput, visibleError } from './errors.ts'
import { LIMITS } from './limits.ts'
import { observeOperations } from './observe.ts'
import { schema } from './schema/index.ts'

/** The GraphQL half of the server: takes requests that are already authorized. */
export function createGraphql({ sql, logger, tracer, meter, enrols }: GraphqlParts) {
  return createYoga<{ token: ApiToken | null }>({
    schema,
    context: ({ token }) => ({ sql, token, enrols }),
    plugins: [limitDocument, observeOperations(tracer, meter)],
    maskedErrors: {
      maskError: error =>
        visibleError(error, details => logger.error(details, 'cannot answer a GraphQL operation')),
    },
    batching: false,
    multipart: false,
    cors: false,
    graphiql: false,
    landingPage: false,
    logging: false,
  })
}

export interface GraphqlParts {
  sql: Sql
  logger: Logger
  tracer: Tracer
  meter: Meter
  /** Whether monitors enrol here. */
  enrols: boolean
}

/** Depth, fields and cost are limited by the schema itself: see schema/builder.ts. */
const limitDocument: Plugin = {
  onParse: ({ setParseFn }) =>
    setParseFn((source: string, options: object) =>
      parse(source, { ...options, maxTokens: LIMITS.tokens }),
    ),
  onValidate: ({ addValidationRule }) => addValidationRule(limitAliases),
}

/** Aliases repeat a field, also those of introspection, which cost nothing otherwise. */
function limitAliases(context: ValidationContext): ASTVisitor {
  let aliases = 0
  return {
    Field(node) {
      if (!node.alias || ++aliases !== LIMITS.aliases + 1) return
      context.reportError(
        badInput(`cannot run the query: it has more than ${LIMITS.aliases} aliases; use fewer`),
      )
    },
  }
}
