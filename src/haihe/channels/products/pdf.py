"""PDF on A4: tagged after PDF/UA-1, with an outline; typeset by Typst."""

from __future__ import annotations

import io
from datetime import UTC
from typing import Any, ClassVar

from haihe.archive.domain.labels.standard import standard
from haihe.channels.domain.pictures import IPTC_EXT
from haihe.channels.domain.story import Story, story_of
from haihe.channels.products.typesetting import data_of, sound, typeset
from haihe.releases.models import Release


class Pdf:
    name: ClassVar[str] = "pdf"
    label: ClassVar[Any] = "PDF"
    media_type: ClassVar[str] = "application/pdf"
    suffix: ClassVar[str] = ".pdf"

    def render(self, release: Release) -> bytes:
        story = story_of(release)
        data, files = data_of(story)
        made_at = int(story.changed.astimezone(UTC).timestamp())
        whole = typeset("story.typ", data, files.items(), made_at=made_at)
        return _with_metadata(whole, story)


def _with_metadata(data: bytes, story: Story) -> bytes:
    """What a catalogue reads: subject, identity, version; the AI label in XMP and in the document's own information."""
    import pikepdf

    named = standard()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        if story.label:
            pdf.docinfo[f"/{named.name}"] = story.label.aigc
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
            xmp["dc:description"] = sound(story.summary)
            xmp["dc:identifier"] = story.guid
            xmp["dc:publisher"] = [sound(story.organisation)]
            if story.label:
                xmp.register_xml_namespace(named.namespace, named.prefix)
                xmp.register_xml_namespace(IPTC_EXT, "Iptc4xmpExt")
                xmp[f"{{{named.namespace}}}{named.name}"] = story.label.aigc
                xmp[f"{{{IPTC_EXT}}}DigitalSourceType"] = story.label.source_type
                xmp["dc:rights"] = sound(story.label.text)
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()
