#!/usr/bin/env bash
# Makes the pictures of the mails: docs/mail-*.png, from what the built program says they look like.
#
#     docs/pictures.sh
#
# Needs Chromium and an Arabic font (Debian: apt-get install chromium fonts-noto-core), and makes the
# files small where pngquant is at hand.
set -euo pipefail
docs=$(cd "$(dirname "$0")" && pwd)
cd "$docs/.."
cargo build --locked --quiet
program=$PWD/target/debug/rasid
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The default config with its sample feed alone, and a public address.
awk -v RS= -v ORS='\n\n' '!/\[\[feeds\]\]/ || /path *=/' config.toml \
    | sed 's|^\[alerts\]|[http]\npublic_url = "https://rasid.example.org"\n\n[alerts]|' > "$work/config.toml"
cp -r samples "$work"
"$program" run --once --config "$work/config.toml" 2> "$work/log" || { cat "$work/log" >&2; exit 1; }

picture() { # NAME WIDTH HEIGHT SCALE SCHEME
    local scheme=1
    [ "$5" = dark ] && scheme=0
    # A window is never narrower than 500 px, so the mail is a frame within one.
    cat > "$work/frame.html" <<HTML
<!DOCTYPE html><meta name="color-scheme" content="light dark"><style>html,body{margin:0;overflow:hidden}</style>
<iframe src="mail.html" style="border:0;width:$2px;height:$3px"></iframe>
HTML
    chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
        --disable-background-networking --disable-component-update --disable-sync \
        --user-data-dir="$work/profile" --hide-scrollbars --force-device-scale-factor="$4" \
        --blink-settings=preferredColorScheme=$scheme \
        --window-size="$2,$3" --screenshot="$work/shot.png" "file://$work/frame.html" 2> "$work/log" \
        || { cat "$work/log" >&2; exit 1; }
    if command -v pngquant > /dev/null; then
        pngquant --force --speed 1 --strip --output "$docs/$1.png" 32 "$work/shot.png"
    else
        mv "$work/shot.png" "$docs/$1.png"
    fi
    echo "docs/$1.png $(stat -c %s "$docs/$1.png") bytes"
}

mail() { # NAME WIDTH HEIGHT SCALE SCHEME ARGUMENT...
    local name=$1 width=$2 height=$3 scale=$4 scheme=$5
    shift 5
    "$program" mail preview coalition --config "$work/config.toml" --html "$@" \
        > "$work/mail.html" 2> "$work/log" || { cat "$work/log" >&2; exit 1; }
    picture "$name" "$width" "$height" "$scale" "$scheme"
}

for scheme in light dark; do
    suffix=$([ $scheme = light ] || echo -$scheme)
    mail "mail-phone$suffix" 390 640 2 $scheme --sample
    mail "mail-follow-up-phone$suffix" 390 800 2 $scheme --sample --kind follow-up
    mail "mail-digest-desktop$suffix" 760 790 1 $scheme --kind digest
    mail "mail-english-desktop$suffix" 760 520 1 $scheme --sample --language en
done
