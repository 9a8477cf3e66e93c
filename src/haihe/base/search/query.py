"""From what is asked to a tantivy query: texts (modelsearch's query classes) and filters.

Every term of a text, what stands between spaces, must occur as it stands: its units in a row. It is looked for as a
phrase of its grams.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from modelsearch.query import And, Boost, Fuzzy, MatchAll, Not, Or, Phrase, PlainText
from tantivy import FieldType, Occur, Query

from haihe.base.search.errors import UnknownSearchField
from haihe.base.search.schema import MODELS, Filter
from haihe.base.search.store import Snapshot
from haihe.base.search.text import Row, contains, fold, gram, is_han, rows

WORD_BOOST = 0.6  # of a match that is a word, beside the match itself
LONGEST_WORD = 6  # characters of a Chinese word that is weighed
COMMON = 20_000  # texts from which on a gram is taken for a word; weighing it as one would cost half of the search
LOOSE_FROM = 5  # units of a term that may be taken apart; shorter ones always stand in one piece
MOST_TERMS = 24  # of one text; what is longer is cut
_RANGE = {"int": FieldType.Integer, "float": FieldType.Float, "date": FieldType.Date, "bool": FieldType.Boolean}


@dataclass
class TextCompiler:
    """Compiles texts for some fields of one snapshot, and remembers what has to be marked in what is found.

    boosts    names of text fields with what a match in each weighs
    prefix    the last unit of a term may go on: somebody is still typing
    loose     a term need not occur in one piece: all its words are enough
    """

    snapshot: Snapshot
    boosts: Mapping[str, float]
    prefix: bool = False
    loose: bool = False
    marks: list[re.Pattern[str]] = field(default_factory=list)

    def compile(self, query: Any) -> Query:
        """Raises NotImplementedError for a query class of which modelsearch knows and this does not."""
        if isinstance(query, PlainText):
            return _boosted(self._plain(query.query_string, query.operator), query.boost)
        if isinstance(query, Phrase):
            return self._term(query.query_string)
        if isinstance(query, Fuzzy):
            return self._plain(query.query_string, query.operator, fuzzy=True)
        if isinstance(query, MatchAll):
            return Query.const_score_query(Query.all_query(), 1.0)
        if isinstance(query, Boost):
            return _boosted(self.compile(query.subquery), query.boost)
        if isinstance(query, Not):
            apart = TextCompiler(self.snapshot, self.boosts, self.prefix, self.loose)  # nothing of it is marked
            return every([Query.all_query()], but=[apart.compile(query.subquery)])
        if isinstance(query, And):
            return every([self.compile(part) for part in query.subqueries])
        if isinstance(query, Or):
            return some([self.compile(part) for part in query.subqueries])
        raise NotImplementedError(f"{type(query).__name__} is not supported by the Haihe search backend.")

    def _plain(self, text: str, operator: str, *, fuzzy: bool = False) -> Query:
        terms = list(dict.fromkeys(fold(text).split()))[:MOST_TERMS]
        found = [self._fuzzy(term) if fuzzy else self._term(term) for term in terms if rows(term)]
        return some(found) if operator == "or" else every(found)

    def _term(self, text: str) -> Query:
        """One term, in any of the fields."""
        folded = fold(text)
        in_rows = rows(folded)
        if not in_rows:
            return Query.empty_query()
        if self.loose and sum(map(len, in_rows)) >= LOOSE_FROM and len(pieces := self._pieces(in_rows)) > 1:
            return every([self._term(piece) for piece in pieces])
        if pattern := contains(folded, prefix=self.prefix):
            self.marks.append(pattern)
        weighed = [word for row in in_rows for word in _words_within(row)]
        return some(
            [
                _boosted(self._weighed(name, self._match(name, in_rows), weighed), boost)
                for name, boost in self.boosts.items()
                if name in self.snapshot.layout.texts
            ]
        )

    def _match(self, name: str, in_rows: list[Row]) -> Query:
        """The term in one field, in one piece."""
        schema = self.snapshot.schema
        last = in_rows[-1][-1]
        grows = self.prefix and not is_han(last)
        if len(in_rows) == 1 and len(in_rows[0]) == 1:
            if grows:
                return Query.regex_query(schema, f"w_{name}", f"{last}.*")
            return Query.term_query(schema, f"w_{name}", last, "freq")
        grams = _grams_in_place(in_rows)
        if grows or len(in_rows[-1]) == 1:
            if len(in_rows[-1]) > 1:
                grams[-1] = (grams[-1][0], f"{grams[-1][1]}.*")
            else:
                grams.append((sum(map(len, in_rows)) - 1, f"{last}.*" if grows or is_han(last) else f"{last}_.*"))
            return Query.regex_phrase_query(schema, f"g_{name}", grams)
        if len(grams) == 1:
            return Query.term_query(schema, f"g_{name}", grams[0][1])
        return Query.phrase_query(schema, f"g_{name}", grams)

    def _weighed(self, name: str, match: Query, weighed: Sequence[str]) -> Query:
        if not weighed or (len(weighed) == 1 and self.snapshot.searcher.doc_freq(f"g_{name}", weighed[0]) > COMMON):
            return match
        schema = self.snapshot.schema
        extra = [Query.term_query(schema, f"w_{name}", word, "freq") for word in weighed]
        return Query.boolean_query(
            [(Occur.Must, match), *((Occur.Should, Query.boost_query(word, WORD_BOOST)) for word in extra)]
        )

    def _pieces(self, in_rows: list[Row]) -> list[str]:
        """The words of a long term, the longest that the index knows first, without single Han characters."""
        found: list[str] = []
        for row in in_rows:
            at = 0
            while at < len(row):
                step = next((n for n in range(LONGEST_WORD, 1, -1) if self._is_word(row[at : at + n], n)), 1)
                found.append("".join(row[at : at + step]))
                at += step
        telling = [piece for piece in found if len(piece) > 1 or not is_han(piece)]
        return list(dict.fromkeys(telling or found))[:MOST_TERMS]

    def _is_word(self, units: Sequence[str], length: int) -> bool:
        if len(units) < length or not all(map(is_han, units)):
            return False
        searcher, word = self.snapshot.searcher, "".join(units)
        return any(searcher.doc_freq(f"w_{name}", word) for name in self.boosts if name in self.snapshot.layout.texts)

    def _fuzzy(self, term: str) -> Query:
        """Letters may differ by one (by two from eight letters on); Han characters may not."""
        units = [unit for row in rows(term) for unit in row]
        if len(units) > 1 or not units[0].isalpha() or is_han(units[0]) or len(units[0]) < 4:
            return self._term(term)
        schema, distance = self.snapshot.schema, 2 if len(units[0]) >= 8 else 1
        names = [name for name in self.boosts if name in self.snapshot.layout.texts]
        near = [Query.fuzzy_term_query(schema, f"w_{name}", units[0], distance) for name in names]
        return some([self._term(term), *near])


def _grams_in_place(in_rows: list[Row]) -> list[Any]:
    """Every gram of the rows with its place. None can be left out: each one says that its two units touch."""
    found: list[Any] = []
    at = 0
    for number, row in enumerate(in_rows):
        found += [(at + i, gram(a, b)) for i, (a, b) in enumerate(pairwise(row))]
        if number < len(in_rows) - 1:  # the row must end here in the text, too
            found.append((at + len(row) - 1, gram(row[-1], "")))
        at += len(row)
    return found


def _words_within(row: Row) -> list[str]:
    """Every piece of a row that could be a Chinese word; those that are none weigh nothing."""
    found = []
    for start in range(len(row)):
        for length in range(2, min(LONGEST_WORD, len(row) - start) + 1):
            piece = row[start : start + length]
            if any(map(is_han, piece)):
                found.append("".join(piece))
    return found[:40]


def _boosted(query: Query, boost: float) -> Query:
    return query if boost == 1 else Query.boost_query(query, float(boost))


def every(queries: Sequence[Query], *, but: Sequence[Query] = ()) -> Query:
    """All of these, none of those; no queries match nothing."""
    if len(queries) == 1 and not but:
        return queries[0]
    return Query.boolean_query([*((Occur.Must, q) for q in queries), *((Occur.MustNot, q) for q in but)])


def some(queries: Sequence[Query]) -> Query:
    """Any of these; no queries match nothing."""
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Should, q) for q in queries])


def filtered(query: Query, filters: Iterable[Query]) -> Query:
    """The query among what all filters let through; filters weigh nothing."""
    return every([query, *(Query.const_score_query(one, 0.0) for one in filters)])


def of_models(snapshot: Snapshot, labels: Sequence[str]) -> Query:
    if len(labels) == 1:  # asked as a set, every document of the model would be gone through
        return Query.term_query(snapshot.schema, MODELS, labels[0])
    return Query.term_set_query(snapshot.schema, MODELS, list(labels))


def one_of(snapshot: Snapshot, filter_: Filter, values: Any) -> Query:
    """The field has one of the values; None among them means that it may have none."""
    column = _column(snapshot, filter_)
    asked = list(values) if isinstance(values, (list, tuple, set, frozenset)) else [values]
    given = [filter_.convert(getattr(value, "pk", value)) for value in asked if value is not None]
    queries = [_terms(snapshot, column, filter_, given)] if given else []
    if len(given) < len(asked):
        queries.append(is_empty(snapshot, filter_))
    return some(queries)


def _terms(snapshot: Snapshot, column: str, filter_: Filter, values: list[Any]) -> Query:
    if len(values) == 1:
        return Query.term_query(snapshot.schema, column, values[0])
    return Query.term_set_query(snapshot.schema, column, values)


def is_empty(snapshot: Snapshot, filter_: Filter) -> Query:
    return every([Query.all_query()], but=[Query.exists_query(_column(snapshot, filter_))])


def between(
    snapshot: Snapshot,
    filter_: Filter,
    low: Any = None,
    high: Any = None,
    *,
    with_low: bool = True,
    with_high: bool = True,
) -> Query:
    """The field lies from `low` to `high`; None is no bound. Raises UnknownSearchField for a field of text."""
    if filter_.kind not in _RANGE:
        raise UnknownSearchField("is text; ranges are for numbers and dates.", thing=filter_.path)
    lowest, highest = (None if bound is None else filter_.convert(bound) for bound in (low, high))
    return Query.range_query(
        snapshot.schema,
        _column(snapshot, filter_),
        _RANGE[filter_.kind],
        lowest,
        highest,
        include_lower=with_low,
        include_upper=with_high,
    )


def starts_with(snapshot: Snapshot, filter_: Filter, beginning: str) -> Query:
    return Query.regex_query(snapshot.schema, _column(snapshot, filter_), f"{_escape(beginning)}.*")


def _escape(text: str) -> str:
    return re.sub(r"([^\w])", r"\\\1", text)


def _column(snapshot: Snapshot, filter_: Filter) -> str:
    if filter_.column not in snapshot.layout.filters:
        raise UnknownSearchField("is not in the index yet; it is being rebuilt.", thing=filter_.path)
    return filter_.column
