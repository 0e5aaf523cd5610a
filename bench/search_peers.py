"""What the search is measured beside: LIKE over a table, a bare FTS5 table, tantivy, on the same documents.

FTS5 and tantivy get the terms that our analysis makes, cut before the clock runs, and answer with a count and twenty
ids: what an engine costs without filters, facets and the text of the hits.
"""

import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import tantivy

from core.database import SQLITE_PRAGMAS
from search import analysis
from search.document import Document


class Peer(Protocol):
    """`most_questions` are asked of a kind: a slow one would take longer than all else."""

    name: str
    per_second: float
    most_questions: int

    def ask(self, text: str) -> None: ...


class Like:
    """A site without a search engine: every word with LIKE, a count by county, twenty rows."""

    name = "LIKE"
    most_questions = 6

    def __init__(self, folder: Path, documents: Sequence[Document]) -> None:
        self.connection = _database(folder / "like.db")
        started = time.perf_counter()
        self.connection.execute("CREATE TABLE document (text TEXT, county TEXT, on_day TEXT)")
        rows = (("\n".join((one.title, *one.codes, one.body)), one.county, str(one.on)) for one in documents)
        self.connection.executemany("INSERT INTO document VALUES (?, ?, ?)", rows)
        self.connection.commit()
        self.per_second = len(documents) / (time.perf_counter() - started)

    def ask(self, text: str) -> None:
        words = text.strip('"').split()
        where = " AND ".join(["text LIKE ?"] * len(words))
        values = [f"%{word}%" for word in words]
        for statement in (
            f"SELECT county, count(*) FROM document WHERE {where} GROUP BY county",  # noqa: S608
            f"SELECT text FROM document WHERE {where} ORDER BY on_day DESC LIMIT 20",  # noqa: S608
        ):
            self.connection.execute(statement, values).fetchall()


class BareFts5:
    name = "bare FTS5"
    most_questions = 64

    def __init__(self, folder: Path, documents: Sequence[Document]) -> None:
        self.connection = _database(folder / "fts5.db")
        texts = [(_terms(one),) for one in documents]
        started = time.perf_counter()
        tokenizer = "tokenize = \"unicode61 tokenchars '._-'\""
        self.connection.execute(f"CREATE VIRTUAL TABLE document USING fts5(text, {tokenizer})")
        self.connection.executemany("INSERT INTO document VALUES (?)", texts)
        self.connection.commit()
        self.per_second = len(documents) / (time.perf_counter() - started)

    def ask(self, text: str) -> None:
        joint = " " if text.startswith('"') else '" AND "'
        question = f'"{joint.join(analysis.terms(text))}"'
        for statement in (
            "SELECT count(*) FROM document WHERE document MATCH ?",
            "SELECT rowid FROM document WHERE document MATCH ? ORDER BY rank LIMIT 20",
        ):
            self.connection.execute(statement, (question,)).fetchall()


class Tantivy:
    name = "tantivy"
    most_questions = 64

    def __init__(self, folder: Path, documents: Sequence[Document]) -> None:
        (folder / "tantivy").mkdir()
        schema = tantivy.SchemaBuilder().add_text_field("text", tokenizer_name="whitespace").build()
        self.index = tantivy.Index(schema, path=str(folder / "tantivy"))
        texts = [_terms(one) for one in documents]
        started = time.perf_counter()
        writer = self.index.writer(num_threads=1)
        for text in texts:
            writer.add_document(tantivy.Document(text=text))
        writer.commit()
        writer.wait_merging_threads()
        self.per_second = len(documents) / (time.perf_counter() - started)
        self.index.reload()
        self.schema = schema

    def ask(self, text: str) -> None:
        terms = analysis.terms(text)
        every = [(tantivy.Occur.Must, tantivy.Query.term_query(self.schema, "text", term)) for term in terms]
        all_of_them = tantivy.Query.boolean_query(every)
        in_order = tantivy.Query.phrase_query(self.schema, "text", list(terms)) if text.startswith('"') else None
        self.index.searcher().search(in_order or all_of_them, limit=20, count=True)


PEERS: tuple[type[Like] | type[BareFts5] | type[Tantivy], ...] = (Like, BareFts5, Tantivy)


def _terms(document: Document) -> str:
    cut = analysis.postings(document)
    return " ".join((cut.title, cut.names, cut.codes, cut.body))


def _database(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file)
    for pragma in SQLITE_PRAGMAS:
        connection.execute(pragma)
    return connection
