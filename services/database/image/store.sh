# shellcheck shell=sh
# The region's object store, by pgBackRest. Kubernetes puts these files there, and takes them away as soon as nobody
# knows any more where the bucket is:
# - pgbackrest.conf, and owner.json: {"tenant": uid, "country": "DE", "region": "eu"}
# - restored: the restore that was carried out last, where it still stands
# - AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, and ca.crt where the store's certificate is of an authority of its own
store=/etc/platen/backup

may_use_store() {
  [ -s $store/pgbackrest.conf ] && [ -s $store/owner.json ] && [ -s $store/AWS_ACCESS_KEY_ID ] && [ -s $store/AWS_SECRET_ACCESS_KEY ]
}

# For pgBackRest, and for a PostgreSQL that fetches with it while it recovers.
export_store() {
  PGBACKREST_REPO1_S3_KEY=$(cat $store/AWS_ACCESS_KEY_ID)
  PGBACKREST_REPO1_S3_KEY_SECRET=$(cat $store/AWS_SECRET_ACCESS_KEY)
  export PGBACKREST_REPO1_S3_KEY PGBACKREST_REPO1_S3_KEY_SECRET
  [ ! -s $store/ca.crt ] || export PGBACKREST_REPO1_STORAGE_CA_FILE=$store/ca.crt
}

rest() { pgbackrest --config=$store/pgbackrest.conf --stanza=db "$@"; }
