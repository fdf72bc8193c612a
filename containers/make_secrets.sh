#!/bin/sh
# Make the secrets of docker-compose.yml in secrets/: sh containers/make_secrets.sh postgres|mongo
# What is there already stays, so that running it again breaks nothing.
set -eu
cd "$(dirname "$0")/.."
engine=${1:-}
folder=${2:-secrets}

case $engine in postgres | mongo) ;; *) echo "usage: sh $0 postgres|mongo" >&2; exit 2 ;; esac
if [ -e "$folder/engine" ] && [ "$(cat "$folder/engine")" != "$engine" ]; then
    echo "$folder holds the secrets of $(cat "$folder/engine"): move them away first" >&2
    exit 1
fi

# The folder is closed to others; the files in it must be readable by the containers' users.
mkdir -p "$folder"
chmod 700 "$folder"

random() { head -c 48 /dev/urandom | base64 | tr -d '\n' | tr '+/' '-_'; }

keep() { # keep NAME VALUE: write it, unless it is there
    [ -s "$folder/$1" ] || printf '%s' "$2" >"$folder/$1"
    chmod 644 "$folder/$1"
}

keep engine "$engine"
keep secret_key "$(random)"
keep metrics_token "$(random)"
keep email_url consolemail://
if [ "$engine" = postgres ]; then
    keep postgres_password "$(random)"
    keep citas_owner_password "$(random)"
    keep citas_web_password "$(random)"
    keep database_owner_url "postgres://citas_owner:$(cat "$folder/citas_owner_password")@postgres:5432/citas"
    keep database_url "postgres://citas_web:$(cat "$folder/citas_web_password")@postgres:5432/citas"
else
    keep mongo_root_password "$(random)"
    keep database_url "mongodb://citas:$(random)@mongo:27017/citas?replicaSet=citas"
    keep database_owner_url "$(cat "$folder/database_url")"
fi
echo "$folder is ready. Write how mail is sent into $folder/email_url: smtp+tls://user:password@host:587"
