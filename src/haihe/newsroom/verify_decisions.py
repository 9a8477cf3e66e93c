"""Checks an audit trail and the review decisions in it. Needs nothing of Haihe: Python and the package cryptography.

    haihe audit export > trail.jsonl
    haihe newsroom decisions > keys.json        (keep a copy elsewhere: this script trusts the one it is given)
    python verify_decisions.py trail.jsonl keys.json

Exit 0: every row follows the one before it, tells what was recorded, and every decision is signed by whom it names.
Exit 1: one line for each thing that is wrong. Exit 2: a file cannot be read.
"""

import hashlib
import json
import sys
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LINK = ("number", "at", "action", "actor", "organisation", "thing_label", "thing_id", "detail_sha256", "previous_hash")
STEPS = ("review1", "proof1", "review2", "proof2", "proof3", "review3")


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def chain_faults(rows):
    before, number = "", 0
    for row in rows:
        link = {name: row[name] for name in LINK}
        link["at"] = datetime.fromisoformat(row["at"]).astimezone(UTC).isoformat(timespec="microseconds")
        if row["number"] != number + 1:
            yield f"row {row['number']} follows row {number}"
        if row["previous_hash"] != before:
            yield f"row {row['number']} does not follow the row before it"
        if hashlib.sha256(canonical(link)).hexdigest() != row["hash"]:
            yield f"row {row['number']} was changed"
        body = b"" if row["told"] is None else canonical(row["told"])
        told = hashlib.sha256(row["salt"].encode() + b"\n" + body).hexdigest()
        if (body or row["salt"]) and told != row["detail_sha256"]:
            yield f"row {row['number']} tells something else than was recorded"
        before, number = row["hash"], row["number"]


def decision_faults(rows, keys):
    last, passed = {}, {}
    for row in rows:
        told = (row["told"] or {}).get("detail") or {}
        said, where = told.get("statement"), f"row {row['number']}"
        if not row["action"].startswith("review.") or said is None:
            continue
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(keys[said["person"]]))
            key.verify(bytes.fromhex(told["signature"]), canonical(said))
        except (InvalidSignature, KeyError, ValueError):
            yield f"{where} is not signed by {said.get('person')}"
        if (said["decision"], said["thing"]) != (row["action"], row["thing_id"]):
            yield f"{where} is about another decision than its signature"
        if said["previous"] != last.get(said["review"], ""):
            yield f"{where} does not follow the decision before it in review {said['review']}"
        last[said["review"]] = told["signature"]
        if said["decision"] == "review.approve":
            yield from order_faults(where, said, passed.setdefault((said["review"], said["content_sha256"]), {}))


def order_faults(where, said, passed):
    step = said["step"]
    if step not in STEPS or any(earlier not in passed for earlier in STEPS[: STEPS.index(step)]):
        yield f"{where}: {step} came before its turn"
    if any(person == said["person"] and other[:-1] == step[:-1] for other, person in passed.items() if other != step):
        yield f"{where}: {said['person']} had passed another step of this kind"
    passed[step] = said["person"]


def main(trail, keys):
    try:
        with open(keys, encoding="utf-8") as file:
            known = json.load(file)
        with open(trail, encoding="utf-8") as file:
            rows = [json.loads(line) for line in file if line.strip()]
        faults = [*chain_faults(rows), *decision_faults(rows, known)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"cannot read {trail} and {keys}: {error!r}", file=sys.stderr)
        return 2
    print(*faults, sep="\n") if faults else print(f"{len(rows)} rows, nothing changed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]) if len(sys.argv) == 3 else __doc__)
