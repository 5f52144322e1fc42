#!/usr/bin/env bash
# Makes the Python environment of this peer in .cache/peers-ocpp, unless it is there.
set -euo pipefail
cd "$(dirname "$0")/../../.."
venv=.cache/peers-ocpp
requirements=test/peers/mobilityhouse/requirements.txt
if ! cmp -s "$requirements" "$venv/requirements.txt"; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
  cp "$requirements" "$venv/requirements.txt"
fi
