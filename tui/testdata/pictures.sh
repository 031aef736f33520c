#!/usr/bin/env bash
# Saves what the reviewer shows: pictures.sh BINARY DIRECTORY [THEME[,THEME...]]
# It reviews the demo system in a tmux of its own, with a home of its own that is removed;
# its path is always the same, because it stands in some of the pictures.
# DIRECTORY gets every screen as text at both sizes, once, in the first theme (dark). Where
# SVG is set it gets an SVG of those whose SIZE-THEME-NAME matches that regular expression.
set -euo pipefail
binary=$(realpath "$1")
out=$2
themes=${3:-dark}
home=/tmp/gonogo-pictures
mkdir "$home" || { echo "pictures: $home is there: another one runs, or was killed (remove it)" >&2; exit 1; }
socket=pictures-$$
pane() { tmux -L "$socket" -f /dev/null -u "$@"; }
finish() { pane kill-server 2>/dev/null || true; sleep 0.5; rm -rf "$home"; }
trap finish EXIT
mkdir -p "$out"
go build -o "$home/ansisvg" ./tui/drive/ansisvg

# seen TEXT: wait until it is on the screen.
seen() {
  for _ in $(seq 400); do
    case $(pane capture-pane -p) in *"$1"*) return 0;; esac
    sleep 0.1
  done
  echo "pictures: $size $theme: never saw: $1" >&2
  pane capture-pane -p >&2
  return 1
}
keys() { for k in "$@"; do pane send-keys -- "$k"; sleep 0.15; done; }
write() { pane send-keys -l -- "$1"; sleep 0.2; }
# command WORDS: by the palette.
command_() { write ":$1"; sleep 0.2; keys Enter; }
# neutral: what differs from one time to the next, as something that does not, as wide.
neutral() {
  perl -pe 's{gonogo-demo-\d+/target\.toml}{my $n = "gonogo-demo/target.toml"; $n . " " x (length($&) - length $n)}e;
    s{(from )\Q'"$(hostname)"'\E(?= *$)}{$1this machine}'
}
# save NAME: the screen as it stands, once it stands still.
save() {
  local name=$1 a b
  a=$(pane capture-pane -p)
  for _ in $(seq 8); do sleep 0.2; b=$(pane capture-pane -p); [ "$a" != "$b" ] || break; a=$b; done
  [ "$theme" != "${themes%%,*}" ] || pane capture-pane -p | neutral > "$out/$name-$size.txt"
  if [ -n "${SVG:-}" ] && [[ $size-$theme-$name =~ $SVG ]]; then
    local bg=#1e1e2e fg=#cdd6f4
    case $theme in *light*) bg=#ffffff fg=#1f2430;; contrast-dark|mono) bg=#000000 fg=#ffffff;; esac
    pane capture-pane -p -e -N | neutral | "$home/ansisvg" -bg "$bg" -fg "$fg" -title "gonogo: $name" > "$out/$name-$size-$theme.svg"
  fi
}

# second makes another review, of the system with some flaws mended, and signs it.
second() {
  $environment "$binary" --home "$mine/data" demo --headless --fix headers,health >/dev/null 2>&1 || true
  [ -f "$home/key" ] || ssh-keygen -q -t ed25519 -N '' -f "$home/key"
  $environment "$binary" --home "$mine/data" sign latest --key "$home/key" --as r.okafor@example.com -o "$mine/report.gonogo" >/dev/null
}

review() {
  seen 'gonogo'; sleep 1; save first
  command_ 'app.demo'
  seen 'read, no errors'; seen '▸Assessor'; save setup
  write 'R. Okafor'; keys C-s
  seen 'nothing is running'
  keys 1 j j j j j j j j; save walk
  keys Enter; save item; keys Escape
  write '?'; save keys; keys Escape
  write ':rel'; save palette; keys Escape
  keys u f; write 'Nobody could say when a session ends.'; save judging; keys Escape
  keys c; seen 'new, from'; save finding; keys Escape
  keys x; save cause; keys Escape
  keys D; seen 'Path to GO'; save decision
  keys Tab; save conditions; keys Escape
  keys R; seen 'Readiness checklist'; save report
  keys W; keys s; seen 'Allow intrusive?'; sleep 0.5; save consent
  keys Escape; seen 'Allow load?'; sleep 0.5; save consent-load
  keys y; sleep 28; keys L; seen 'load running'; keys Escape # which stops it
  seen 'nothing is running'
  second
  keys H; seen 'Waiting for you'; save home
  keys g Space j Space C; seen 'Compare'; save compare
  keys H W F; save findings
  command_ 'app.settings'; seen 'Assessor'; save settings
  command_ 'app.messages'; save messages
  keys S; save sign; keys Escape
  command_ 'app.open'; seen 'gonogo file'; write "$mine/report.gonogo"; keys Enter; sleep 2; save file
}

# load saves a load run while it goes on, on a demo whose answers are worth a curve; the name
# is known by now, so that it begins by itself.
load() {
  seen 'of 92 judged · nothing is running'
  keys s; seen 'Allow intrusive?'; sleep 0.5; keys Escape
  seen 'Allow load?'; sleep 0.5; keys y; sleep 2; keys L
  seen 'step 6 of'; seen 'step 12 of'; sleep 9; save live
}

# begin HOME ARGUMENTS...: start the program in a terminal of its own.
begin() {
  local data=$1
  shift
  LC_ALL=C.UTF-8 TERM=tmux-256color pane new-session -d -x "${size%x*}" -y "${size#*x}" \
    "exec $environment $binary --home $data ${PICTURE_FLAGS:-} $*"
  pane set -g status off
  pane set -g escape-time 0
}
# end: leave it.
end() {
  keys C-c
  sleep 1
  pane kill-server 2>/dev/null || true
}

for theme in ${themes//,/ }; do
  for size in 120x40 80x24; do
    mine=$home/$theme-$size
    mkdir -p "$mine/config/gonogo"
    printf 'theme = "%s"\n' "$theme" > "$mine/config/gonogo/config.toml"
    environment="env HOME=$mine XDG_CONFIG_HOME=$mine/config COLORTERM=truecolor"
    [ "$theme" != mono ] || environment+=" NO_COLOR=1"
    begin "$mine/data"
    review
    end
    begin "$mine/load" demo --profile phase5 --fix pool,recovery,slow
    load
    end
  done
done
