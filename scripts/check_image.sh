#!/usr/bin/env bash
# Builds the image with buildah on a base made here (no registry of images needed), starts it as its own user and waits
# for its health check. Needs root, and the Debian packages buildah and mmdebstrap. BASE=name takes another base.
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in buildah mmdebstrap; do
  command -v "$tool" >/dev/null || { echo "check_image: $tool is missing: apt-get install buildah mmdebstrap" >&2; exit 2; }
done
port=${FIELDVISIT_PORT:-18000}
work=$(mktemp -d)
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot
container= pid=
cleanup() {
  if [ -n "$pid" ]; then kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; fi
  if [ -n "$container" ]; then buildah rm "$container" >/dev/null || true; fi
  rm -rf "$work"
}
trap cleanup EXIT

if [ -z "${BASE:-}" ]; then
  echo "· making a base: Debian 12 with Python"
  mmdebstrap --quiet --variant=minbase --include=python3,python3-venv,ca-certificates bookworm "$work/base.tar"
  base=$(buildah from scratch)
  buildah add --quiet "$base" "$work/base.tar" / >/dev/null
  buildah commit --quiet "$base" localhost/fieldvisit-base >/dev/null
  buildah rm "$base" >/dev/null
  BASE=localhost/fieldvisit-base
fi
echo "· building"
ca=/etc/ssl/certs/ca-certificates.crt
buildah build --quiet --format docker --network host --build-arg "BASE=$BASE" --volume "$ca:$ca:ro" --tag localhost/fieldvisit . >/dev/null
container=$(buildah from localhost/fieldvisit)
echo "· starting as $(buildah inspect --format '{{.OCIv1.Config.User}}' "$container")"
buildah run --network host --env "FIELDVISIT_PORT=$port" "$container" -- fieldvisit run &
pid=$!
for _ in $(seq 100); do
  if buildah run --network host "$container" -- python3 -c \
      "import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:$port/readyz', timeout=4).read().decode())" 2>/dev/null; then
    echo "· healthy"
    exit 0
  fi
  sleep 0.3
done
echo "check_image: the container never answered /readyz" >&2
exit 1
