#!/bin/sh
# Makes the secrets that docker-compose.yml mounts, those that are missing only. Keep a copy of secrets/esc_identity_key apart
# from the database's backups: with both, a thief has the worker ids; without it, nobody is recognised who comes back.
set -eu
cd "$(dirname "$0")/.."
umask 077
mkdir -p secrets
make_secret() {
    # 48 random bytes; without the signs that would have a meaning in an address.
    [ -s "secrets/$1" ] || openssl rand -base64 48 | tr -d '\n=+/' > "secrets/$1"
}
make_secret esc_secret_key
make_secret esc_identity_key
make_secret esc_metrics_token
make_secret postgres_password
[ -s secrets/database_url ] || printf 'postgresql://esc:%s@postgres:5432/esc' "$(cat secrets/postgres_password)" > secrets/database_url
# Inside a container only the file's own rights count, and its user is not this one; here the folder keeps others out.
chmod 700 secrets
chmod 644 secrets/*
