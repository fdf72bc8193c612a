#!/usr/bin/env bash
# Have a Chromium for the browser journeys: the one found, else Debian's small one, else Playwright's own.
# Writes its path to .make/chromium, where the tests read it; an empty file means Playwright's own.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p .make

found() {
    if [ -n "${CHROMIUM:-}" ]; then echo "$CHROMIUM"; return; fi
    command -v chromium-headless-shell || command -v chromium || command -v chromium-browser || command -v google-chrome
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo -n "$@"; else return 1; fi
}

from_debian() {
    command -v apt-get >/dev/null || return 1
    as_root apt-get -qq update && as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq install --yes --no-install-recommends chromium-headless-shell fonts-dejavu-core
}

if ! found >/dev/null; then
    from_debian >/dev/null || .venv/bin/python -m playwright install --with-deps --only-shell chromium
fi
found >.make/chromium || true
echo "Chromium: $(cat .make/chromium || true)"
