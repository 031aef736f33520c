#!/bin/sh
# Deploys a release: ./deploy.sh <version>
set -eu

version="${1:?usage: ./deploy.sh <version>}"
compose="docker compose -f compose.production.yaml"

echo "Deploying $version"
git fetch --tags --quiet
git checkout --quiet "v$version"
$compose config --quiet
$compose pull --quiet
$compose run --rm api alembic upgrade head
$compose up --detach --wait --wait-timeout 120
echo "$version is running. To go back: ./rollback.sh"
