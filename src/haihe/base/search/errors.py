"""What can go wrong with the index, and what to do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from haihe.base.errors import HaiheError


class IndexMissing(HaiheError):
    """There is no search index yet."""

    says = _("There is no search index yet.")
    hint = _("Start the indexer (`haihe up` or `haihe indexer`): it builds the index from the database.")


class IndexUnreadable(HaiheError):
    """The search index is damaged."""

    says = _("The search index is damaged.")
    hint = _("Run `haihe reindex`: nothing is lost, the index is made from the database.")


class IndexerRuns(HaiheError):
    """Another indexer owns the index."""

    says = _("Another indexer owns the index.")
    hint = _("One indexer is enough: `haihe up` runs it. Stop the other first if you want this one.")


class RebuildRuns(HaiheError):
    """The index is being rebuilt already."""

    says = _("The index is being rebuilt already.")
    hint = _("Wait until it is done; `haihe doctor` says so.")


class UnknownSearchField(HaiheError):
    """Nothing searched has such a field."""

    permanent = True
    hint = _("Add index.FilterField to the model's search_fields, then run `haihe reindex`.")
