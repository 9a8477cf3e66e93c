"""Provenance in a derivative: which Master it was made from, by which recipe, signed by the operator.

C2PA 2.2 through c2pa-python. Nothing is fetched: manifests that lie elsewhere and revocation lists are not asked for.
A valid signature says who made the file of what, not that what it shows is true.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from haihe.archive.domain.labels.authority import Authority
from haihe.archive.domain.labels.strictness import loosened
from haihe.base.errors import HaiheError

ASSERTION = "haihe.master"
# not GIF: it cuts a manifest into blocks, whose lengths no signature covers
SIGNED_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/tiff", "image/avif"})
TRAINED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


class ProvenanceFailed(HaiheError):
    """The file could not be signed."""

    permanent = True
    hint = "Look whether the certificate is still valid: haihe archive ca --show"


@dataclass(frozen=True)
class Origin:
    """What a derivative says of where it comes from.

    recipe   how it was made of the Master
    ai       a model made it, or part of it
    """

    master: str
    sha256: str
    recipe: str
    title: str = ""
    ai: bool = False


@dataclass(frozen=True)
class Proof:
    """What a file proves. state: "trusted" (signed by us, untouched), "valid" (untouched, another's signature),
    "broken" (changed since it was signed), "none" (no manifest)."""

    state: str
    signer: str = ""
    origin: Origin | None = None
    problem: str = ""


def sign(data: bytes, media_type: str, origin: Origin, authority: Authority) -> bytes:
    """The file with its manifest inside. Raises ProvenanceFailed."""
    import c2pa

    try:
        builder = c2pa.Builder(json.dumps(_manifest(origin)), _context(authority.root))
        out = io.BytesIO()
        builder.sign(_signer(authority), media_type, io.BytesIO(data), out)
    except c2pa.C2paError as error:
        raise ProvenanceFailed(str(error)[:200], thing=origin.master) from error
    return out.getvalue()


def prove(file: Path | BinaryIO, media_type: str, root: bytes | None) -> Proof:
    """What a file says of its origin, and whether it may be believed. Never raises for what the file holds.

    root   PEM of the operator's root; None: nobody is trusted
    """
    import c2pa

    stream = file.open("rb") if isinstance(file, Path) else file
    try:
        reader = c2pa.Reader(media_type, stream, context=_context(root))
        said = json.loads(reader.json())
        state = reader.get_validation_state()
    except c2pa.C2paError as error:
        text = str(error)
        missing = "ManifestNotFound" in type(error).__name__ or "JumbfNotFound" in text or "no JUMBF" in text
        return Proof("none") if missing else Proof("broken", problem=text[:200])
    except (ValueError, TypeError, KeyError) as error:
        return Proof("broken", problem=str(error)[:200])
    finally:
        if isinstance(file, Path):
            stream.close()
    proof = _proof(said, state)
    if proof.state == "trusted":
        stream_again = file.read_bytes() if isinstance(file, Path) else _all_of(file)
        if problem := loosened(stream_again):
            return Proof("broken", proof.signer, proof.origin, f"changed: {problem}")
    return proof


def _all_of(stream: BinaryIO) -> bytes:
    stream.seek(0)
    return stream.read()


def _proof(said: dict[str, Any], state: Any) -> Proof:
    manifest = said.get("manifests", {}).get(said.get("active_manifest", ""), {})
    signer = (manifest.get("signature_info") or {}).get("common_name", "") or ""
    origin = next(
        (_origin(one.get("data")) for one in manifest.get("assertions", []) if one.get("label") == ASSERTION), None
    )
    if state not in ("Trusted", "Valid"):
        failures = said.get("validation_status") or []
        problem = "; ".join(str(one.get("code", "")) for one in failures)[:200]
        return Proof("broken", signer, origin, problem or "the signature does not hold")
    return Proof(state.lower(), signer, origin)


def _origin(data: Any) -> Origin | None:
    try:
        return Origin(str(data["master"]), str(data["sha256"]), str(data["recipe"]))
    except (KeyError, TypeError):
        return None


def _manifest(origin: Origin) -> dict[str, Any]:
    opened: dict[str, Any] = {"action": "c2pa.opened", "parameters": {"ingredientIds": ["master"]}}
    actions = [opened, {"action": "c2pa.converted"}]
    if origin.ai:
        actions.append({"action": "c2pa.edited", "digitalSourceType": TRAINED})
    said = {"master": origin.master, "sha256": origin.sha256, "recipe": origin.recipe}
    return {
        "claim_generator_info": [{"name": "Haihe", "version": "1"}],
        "title": origin.title or origin.master,
        "ingredients": [
            {
                "label": "master",
                "title": f"urn:uuid:{origin.master}",
                "format": "application/octet-stream",
                "instance_id": f"urn:sha256:{origin.sha256}",
                "relationship": "parentOf",
            }
        ],
        "assertions": [
            {"label": "c2pa.actions", "data": {"actions": actions}},
            {"label": ASSERTION, "data": said},
        ],
    }


def _context(root: bytes | None) -> Any:
    import c2pa

    trust = {"trust_anchors": root.decode()} if root else {}
    return c2pa.Context.from_dict(
        {
            "version_major": 1,
            "trust": trust,
            "builder": {"thumbnail": {"enabled": False}},
            "verify": {
                "verify_trust": True,
                "verify_after_sign": False,
                "verify_after_reading": True,
                "remote_manifest_fetch": False,
                "ocsp_fetch": False,
            },
        }
    )


def _signer(authority: Authority) -> Any:
    import c2pa

    # no `ta_url`: a time stamp would call the network
    return c2pa.Signer.from_info(
        c2pa.C2paSignerInfo(alg=b"es256", sign_cert=authority.chain, private_key=authority.key, ta_url=None)
    )
