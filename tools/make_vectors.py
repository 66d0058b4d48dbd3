"""Write the shared test vectors, or with --check compare them.

    python tools/make_vectors.py [--check]

The file is read by the Python tests, the browser's tests and whoever writes
another client; its meaning is in docs/reference/protocol.md.
"""

import json
import sys
from pathlib import Path
from typing import Any

from vectors import fingerprints, handshakes, messages, receiver, relay
from vectors.primitives import BODY_MAX, BUCKETS

ROOT = Path(__file__).resolve().parent.parent
VECTORS = ROOT / "tests" / "vectors" / "protocol_vectors.json"
SAFETY_EMOJI = ROOT / "docs" / "reference" / "safety-emoji.json"

ABOUT = """\
Test vectors of the StrangerSpace wire protocol, version 1.
Bytes are hexadecimal. Numbers of 64 bits are decimal strings.
Made by tools/make_vectors.py; docs/reference/protocol.md says what it means.
handshakes: every value of section 3 for both sides.
handshake_refusals: what side A of a handshake is told, and the last step at which
it has to refuse (commit, reveal, derive, confirm).
messages, padding, stamps, conversation_tokens: section 4.
records: frames that are taken, with what they hold; then frames refused whole
(nothing is taken) or of which the one record is refused.
safety_codes: indices into safety_emoji.
fingerprints: session descriptions, and what may be given to the browser.
receiver: each case starts from `state`; the action is show, show_unsupported,
ignore, acknowledge_again or leave (with `integrity`).
""".splitlines()


def vectors() -> dict[str, Any]:
    """Gather everything."""
    return {
        "about": ABOUT,
        "padding_buckets": list(BUCKETS),
        "body_bytes_max": BODY_MAX,
        "length_prefixed": messages.length_prefixed(),
        "handshakes": handshakes.described(),
        "handshake_refusals": handshakes.refusals(),
        "messages": messages.messages(),
        "padding": messages.padding(),
        "stamps": relay.stamps(),
        "conversation_tokens": relay.conversation_tokens(),
        "records": relay.records(),
        "safety_emoji": json.loads(SAFETY_EMOJI.read_text()),
        "safety_codes": [
            {"sas": sas.hex(), "indices": handshakes.indices(sas)}
            for sas in (bytes(6), bytes((0xFF,)) * 6, bytes.fromhex("cb4acc1a2f2b"))
        ],
        "fingerprints": fingerprints.described(),
        "receiver": receiver.described(),
    }


def main() -> int:
    """Write, or compare; 1 if the file is not what it should be."""
    text = json.dumps(vectors(), indent=1, ensure_ascii=False) + "\n"
    if "--check" not in sys.argv[1:]:
        VECTORS.parent.mkdir(parents=True, exist_ok=True)
        VECTORS.write_text(text)
        return 0
    if VECTORS.read_text() == text:
        return 0
    print(f"{VECTORS.relative_to(ROOT)} differs; run python tools/make_vectors.py")
    return 1


if __name__ == "__main__":
    sys.exit(main())
