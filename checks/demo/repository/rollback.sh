#!/bin/sh
# Goes back to the release before the one that runs: ./rollback.sh [version]
set -eu

current="$(git describe --tags --abbrev=0)"
previous="${1:-$(git describe --tags --abbrev=0 "$current^")}"

echo "Going back from $current to $previous"
git checkout --quiet "$previous"
docker compose -f compose.production.yaml up --detach --wait --wait-timeout 120
echo "$previous is running. Migrations are backward compatible and stay."
