"""Open data: every file is listed with its right checksum, in a catalogue that machines can read."""

from __future__ import annotations

import hashlib
import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

import duckdb
import pytest
from frictionless import Package
from lxml import html
from rdflib import DCAT, DCTERMS, RDF, Graph, Literal, Namespace, URIRef

from scorelib.site.catalogue import lacking, mandatory

if TYPE_CHECKING:
    from pathlib import Path

SPDX = Namespace("http://spdx.org/rdf/terms#")


@pytest.fixture(scope="module")
def site(built: Path) -> Path:
    return built / "reports" / "_site"


@pytest.fixture(scope="module")
def catalogue(site: Path) -> Graph:
    return Graph().parse(site / "catalogue.ttl", format="turtle", publicID=(site / "catalogue.ttl").as_uri())


# rdflib's own reader of JSON-LD uses a class that rdflib deprecates.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
def test_both_forms_of_the_catalogue_say_the_same(site: Path, catalogue: Graph) -> None:
    base = (site / "catalogue.ttl").as_uri()
    other = Graph().parse(site / "catalogue.jsonld", format="json-ld", publicID=base)
    assert len(catalogue) > 500
    assert set(catalogue) == set(other)


def test_everything_that_dcat_ap_nl_demands_is_there(catalogue: Graph) -> None:
    names = dict(catalogue.namespaces())
    checked = 0
    for rule in mandatory():
        kind, uri = (
            URIRef(str(names[prefix]) + name)
            for prefix, name in (rule["class"].split(":"), rule["uri"].split(":"))
        )
        subjects = set(catalogue.subjects(RDF.type, kind))
        assert subjects, rule
        for subject in subjects:
            values = list(catalogue.objects(subject, uri))
            assert len(values) >= 1, (rule, subject)
            assert rule["cardinality"] == "1..n" or len(values) == 1, (rule, subject)
            if rule["range"] in {"rdfs:Literal", "xsd:hexBinary"}:
                assert all(isinstance(value, Literal) and str(value) for value in values)
            elif rule["range"] != "rdfs:Resource":
                prefix, name = rule["range"].split(":")
                wanted = URIRef(str(names[prefix]) + name)
                assert all((value, RDF.type, wanted) in catalogue for value in values), rule
            checked += 1
    assert checked > 200


def test_every_file_is_listed_with_its_right_size_and_checksum(built: Path, catalogue: Graph) -> None:
    listed = set()
    for distribution in catalogue.subjects(RDF.type, DCAT.Distribution):
        address = str(catalogue.value(distribution, DCAT.downloadURL))
        path = urlsplit(address).path
        content = _read(path)
        checksum = catalogue.value(distribution, SPDX.checksum)
        assert checksum is not None
        stated = str(catalogue.value(checksum, SPDX.checksumValue))
        assert stated == hashlib.sha256(content).hexdigest(), path
        assert int(str(catalogue.value(distribution, DCAT.byteSize))) == len(content)
        listed.add(unquote(path))
    data = {str(path) for path in (built / "reports" / "_site" / "data").iterdir()}
    reports = {
        str(path)
        for report in (built / "reports").glob("*/*/*/provenance.json")
        for path in report.parent.iterdir()
        if path.name != "provenance.json"
    }
    assert listed == data | reports


def _read(path: str) -> bytes:
    with open(unquote(path), "rb") as file:  # noqa: PTH123 - a path out of a URL
        return file.read()


def test_ids_of_datasets_stay_the_same_wherever_the_site_is(catalogue: Graph) -> None:
    ids = {str(each) for each in catalogue.subjects(RDF.type, DCAT.Dataset)}
    assert len(ids) > 15
    assert all(each.startswith("urn:uuid:") for each in ids)
    assert {str(each) for each in catalogue.objects(None, DCTERMS.identifier)} == ids


def test_a_catalogue_that_lacks_something_says_what() -> None:
    node = {"@type": ["dcat:Catalog"], "dct:title": "A", "dcat:contactPoint": [{"@id": "a", "@type": []}] * 2}
    assert lacking(node) == [
        "contact point of dcat:Catalog", "description of dcat:Catalog", "publisher of dcat:Catalog",
    ]  # fmt: skip


def test_the_data_package_of_the_site_is_valid_and_has_the_hash_of_each_table(site: Path) -> None:
    described = json.loads((site / "data" / "datapackage.json").read_text())
    for resource in described["resources"]:
        content = (site / "data" / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert resource["bytes"] == len(content)
    assert Package(str(site / "data" / "datapackage.json")).resource_names == [
        each["name"] for each in described["resources"]
    ]


@pytest.mark.parametrize("table", ["contributions", "scores", "facts", "organisations"])
def test_parquet_holds_the_same_rows_as_csv(site: Path, table: str) -> None:
    packed, plain = (str(site / "data" / f"{table}.{suffix}") for suffix in ("parquet", "csv"))
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        ours = connection.read_parquet(packed)
        kinds = dict(zip(ours.columns, ours.types, strict=True))
        csv = connection.read_csv(plain, header=True, dtype=kinds, na_values="")
        assert ours.fetchall() == csv.fetchall()
    if table == "scores":
        # N/E is a score, and a code such as 1.10 is no number.
        assert str(kinds["score"]) == str(kinds["code"]) == "VARCHAR"


def test_pages_describe_their_data_to_search_engines(built: Path, site: Path) -> None:
    for page in ("nl/index.html", "en/data.html", "nl/scorecards/iom-2024.html"):
        tree = html.fromstring((site / page).read_bytes())
        facts = json.loads(tree.xpath("string(//script[@type='application/ld+json'])"))
        assert facts["@type"] == "Dataset"
        assert facts["license"].startswith("https://")
        for each in facts["distribution"]:
            path = urlsplit(urljoin((site / page).as_uri(), each["contentUrl"])).path
            assert each["sha256"] == hashlib.sha256(_read(path)).hexdigest()
    assert built.is_dir()


def test_the_feed_lists_every_scorecard_of_its_language(site: Path) -> None:
    for code in ("nl", "en"):
        root = ET.parse(site / code / "feed.atom").getroot()  # noqa: S314 - we wrote it
        atom = "{http://www.w3.org/2005/Atom}"
        entries = root.findall(f"{atom}entry")
        assert len(entries) == 3
        ids = [entry.findtext(f"{atom}id") for entry in entries]
        assert len(set(ids)) == 3
        for entry in entries:
            link = entry.find(f"{atom}link")
            assert link is not None
            assert (site / code / str(link.get("href"))).is_file()
        assert any("icti" in str(entry.findtext(f"{atom}summary")) for entry in entries)
