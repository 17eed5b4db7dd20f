import { expect, it } from 'vitest'
import { readRefusal } from './refusal.ts'

it.each([
  {
    why: 'there is none of that name',
    text: 'Error from server (NotFound): tenants.platen.dev "acme" not found\n',
    want: { kind: 'not-found', why: 'tenants.platen.dev "acme" not found' },
  },
  {
    why: 'a right is missing',
    text: 'Error from server (Forbidden): pods is forbidden: User "anna" cannot list resource "pods" in API group "" in the namespace "tenant-acme"',
    want: {
      kind: 'forbidden',
      why: 'pods is forbidden: User "anna" cannot list resource "pods" in API group "" in the namespace "tenant-acme"',
    },
  },
  {
    why: 'the definitions are not installed',
    text: 'error: the server doesn\'t have a resource type "tenants"',
    want: { kind: 'missing-kind', why: 'the server doesn\'t have a resource type "tenants"' },
  },
  {
    why: 'the same, where kubectl did not look at what there is',
    text: 'Error from server (NotFound): the server could not find the requested resource',
    want: { kind: 'missing-kind', why: 'the server could not find the requested resource' },
  },
  {
    why: 'the last of several attempts counts',
    text: "E1129 06:00:00.1 memcache.go:265] couldn't get current server API group list\nThe connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?\n",
    want: {
      kind: 'unreachable',
      why: 'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?',
    },
  },
  {
    why: 'who asks is nobody',
    text: 'error: You must be logged in to the server (Unauthorized)',
    want: {
      kind: 'unauthorized',
      why: 'You must be logged in to the server (Unauthorized)',
    },
  },
  {
    why: 'a policy refuses, in several lines',
    text: 'Error from server (Invalid): Tenant "acme" is invalid:\n* spec.size: wrong\n',
    want: { kind: 'other', why: 'Tenant "acme" is invalid: * spec.size: wrong' },
  },
  { why: 'silence', text: '\n', want: { kind: 'other', why: 'kubectl says nothing' } },
])('$why', ({ text, want }) => {
  expect(readRefusal(text)).toEqual(want)
})
