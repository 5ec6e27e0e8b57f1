#!/bin/sh
# Makes pictures of how a mail looks on a phone: docs/mail-phone.png and docs/mail-phone-dark.png.
#
#     docs/pictures.sh MAIL.eml [PREFIX]
#
# Needs python3 (to take the HTML out of the mail), Chromium and an Arabic font
# (Debian: apt-get install chromium fonts-noto-core).
set -eu
mail=$1
prefix=${2:-$(dirname "$0")/mail-phone}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 - "$mail" > "$work/mail.html" <<'PYTHON'
import email, email.policy, sys
with open(sys.argv[1], "rb") as file:
    mail = email.message_from_binary_file(file, policy=email.policy.default)
sys.stdout.buffer.write(mail.get_body(("html",)).get_content().encode())
PYTHON

picture() { # FILE [FLAG...]
    file=$1
    shift
    # A window is never narrower than 500 px, so the phone is a frame within one.
    cat > "$work/phone.html" <<HTML
<!DOCTYPE html><meta name="color-scheme" content="light dark"><style>html,body{margin:0;overflow:hidden}</style>
<iframe src="mail.html" style="border:0;width:390px;height:844px"></iframe>
HTML
    chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
        --disable-background-networking --disable-component-update --disable-sync \
        --user-data-dir="$work/profile" --hide-scrollbars --force-device-scale-factor=2 \
        --window-size=390,844 --screenshot="$work/shot.png" "$@" "file://$work/phone.html" 2> "$work/log" \
        || { cat "$work/log" >&2; exit 1; }
    mv "$work/shot.png" "$file"
    echo "$file"
}

picture "$prefix.png"
picture "$prefix-dark.png" --blink-settings=preferredColorScheme=0
