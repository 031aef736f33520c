#!/usr/bin/env bash
# Saves what the reviewer shows as text: pictures.sh BINARY DIRECTORY
# It reviews the demo system in a tmux of its own, with a home of its own that is removed.
set -euo pipefail
binary=$(realpath "$1")
out=$2
home=$(mktemp -d)
socket=pictures-$$
pane() { tmux -L "$socket" -f /dev/null -u "$@"; }
finish() { pane kill-server 2>/dev/null || true; sleep 0.5; rm -rf "$home"; }
trap finish EXIT
mkdir -p "$out"

# seen TEXT: wait until it is on the screen.
seen() {
  for _ in $(seq 300); do
    case $(pane capture-pane -p) in *"$1"*) return 0;; esac
    sleep 0.1
  done
  echo "pictures: never saw: $1" >&2
  pane capture-pane -p >&2
  return 1
}
keys() { for k in "$@"; do pane send-keys -- "$k"; sleep 0.2; done; }
save() { sleep 0.6; pane capture-pane -p > "$out/$1-$size.txt"; }

for size in 120x40 80x24; do
  mkdir "$home/$size"
  LC_ALL=C.UTF-8 TERM=tmux-256color pane new-session -d -x "${size%x*}" -y "${size#*x}" \
    "HOME=$home/$size exec $binary --home $home/$size/gonogo demo"
  pane set -g status off
  pane set -g escape-time 0
  seen 'New review'
  pane send-keys -l 'R. Okafor'
  keys C-s
  seen 'nothing is running'
  keys 1 j j j j j j j j; save walk
  keys D; seen 'Path to GO'; save decision
  keys W c; seen 'new, from'; save finding
  keys Escape R; seen 'Readiness checklist'; save report
  keys H; seen 'Waiting for you'; save home
  keys C-c
  sleep 1
  pane kill-server 2>/dev/null || true
done
