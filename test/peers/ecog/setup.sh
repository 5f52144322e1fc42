#!/usr/bin/env bash
# Makes the Python environment of the foreign peer in .cache/peers, unless it is there. In CI, as root, also gets Java.
set -euo pipefail
cd "$(dirname "$0")/../../.."
venv=.cache/peers
requirements=test/peers/ecog/requirements.txt
if [ -n "${CI:-}" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  command -v java >/dev/null && command -v ip >/dev/null ||
    { apt-get -qq update && apt-get -qq install -y default-jre-headless iproute2; }
fi
if ! cmp -s "$requirements" "$venv/requirements.txt"; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
  cp "$requirements" "$venv/requirements.txt"
fi
