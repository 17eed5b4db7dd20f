/**
 * Every reason that a condition or an event may have, and what it means: the closed list. `docs/operator.md` explains
 * them to the platform team; a test compares the two.
 */
export const REASONS = {
  // Accepted
  Accepted: 'The Tenant or Region is valid.',
  Invalid: 'The spec breaks a rule of the CRD; the message names it.',
  NoRegionForCountry: 'No Region lists the country.',
  SeveralRegionsForCountry: 'Several Regions list the country, and the Tenant names none of them.',
  RegionNotFound: 'The Region that the Tenant names does not exist.',
  RegionDeleting: 'The Region is being deleted and takes no new tenants.',
  CountryNotServed: 'The Region does not list the country.',
  CountryChanged: "A tenant's country never changes.",
  RegionChanged: "A tenant's region never changes.",
  NamespaceNotOurs: 'A namespace of that name exists and belongs to somebody else.',
  NamespaceTerminating: 'The namespace of that name is still being deleted.',

  // Progress of a part
  Ready: 'All is as it should be.',
  NotReady: 'Something is not as it should be; the other conditions say what.',
  Starting: 'It was applied and is not ready yet.',
  Failed: 'Its controller says that it will not get ready by itself.',
  Waiting: 'Something before it is not ready yet.',
  Suspended: 'The tenant is suspended: nothing runs, its data is kept.',
  KindMissing: 'The cluster does not serve a kind that is needed; an operator has to be installed.',
  SecretMissing: 'A Secret that a person has to create does not exist.',
  ClaimDeleting:
    'Somebody deleted a volume claim of the database; its data goes when its pod ends.',
  Restoring: 'The database is being brought back to an earlier time; nothing that uses it runs.',
  RestoreRefused: 'What spec.restore asks for cannot be done; the data is as it was.',
  Succeeded: 'The job ended well.',
  Running: 'The job runs.',

  // Rollout
  Installing: 'The tenant is installed for the first time.',
  Changing: "The tenant follows its user's own edit.",
  ChangeFailed: 'The installation or the edit did not end well.',
  RolledOut: 'The wanted version and template run.',
  RollingOut: 'The tenant is being changed.',
  RolloutFailed: 'The change did not end well.',
  WaitingForTurn: 'The slots of the rollout are taken.',
  RolloutPaused: 'A tenant of the region failed: nobody else is changed.',
  RolloutNotPaused: 'Nobody failed.',

  // Residency
  Verified: 'Everything observed lies inside the region.',
  Violated: 'Something was observed outside of the region; the stack is closed.',
  NotObserved: 'Too little was observed to tell.',

  // Regions
  Reachable: "The region's cluster answers.",
  Unreachable: "The region's cluster does not answer; its tenants stay as they are.",
  KubeconfigInvalid: 'The kubeconfig cannot be used.',
  OtherCluster:
    "It is another cluster than the one that the region's data is in; nothing is done there.",
  NotWatched: "A part of the region's cluster cannot be looked at, as when a right is missing.",
  PlacementValid: 'The storage class and the nodes lie in the region.',
  PlacementInvalid: 'The storage class or the nodes are not as the region needs them.',
  NotConfigured: 'The Region does not ask for it.',

  // Reconcile
  Paused: 'The annotation platen.dev/paused is set: nothing is changed.',
  Resumed: 'The annotation platen.dev/paused is gone.',
  ReconcileFailed: 'An unforeseen failure; it is tried again.',
  ReconcileStorm: 'The object changed so often that it is left alone for five minutes.',

  // Deletion
  Deleting: 'The stack is being taken down, step by step.',
  DeletionRefused: 'The object cannot be deleted yet; the message says why.',
  FinalBackup: 'The final backup is being made.',
  FinalBackupFailed: 'The final backup failed; nothing is deleted.',
  Retained: 'The stack is gone; its data was kept.',
  Deleted: 'The stack is gone, with its data.',

  // What was done, as events
  Adopted: 'Data that was left by an earlier Tenant of this name was taken over.',
  Restored: 'The database was brought back to an earlier time.',
  SecretsMade: 'Secrets were made or made anew.',
} as const

export type Reason = keyof typeof REASONS
