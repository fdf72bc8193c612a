#!/usr/bin/env bash
# Have the curl that the README books by, and that a test runs as it stands there. Writes its path to .make/curl.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p .make

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo -n "$@"; else return 1; fi
}

from_debian() {
    command -v apt-get >/dev/null || return 1
    as_root apt-get -qq update && as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq install --yes --no-install-recommends curl
}

command -v curl >/dev/null || from_debian >/dev/null || { echo "curl is missing: install it" >&2; exit 1; }
command -v curl >.make/curl
