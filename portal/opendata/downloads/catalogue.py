"""The catalogue for machines: DCAT 3 as JSON-LD, and each dataset as schema.org says it. Pure: values in, dicts out."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from portal.opendata.datasets import Dataset
from portal.opendata.downloads.formats import MIME

FREQUENCY = "http://publications.europa.eu/resource/authority/frequency/"
_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@dataclass(frozen=True)
class Publisher:
    """Who publishes, where, and on what terms."""

    name: str
    base_url: str
    licence_url: str


@dataclass(frozen=True)
class PackageFile:
    """A package as the catalogue tells of it. `day` is ISO."""

    name: str
    day: str
    sha256: str
    size: int


def dcat(datasets: Iterable[Dataset], packages: Iterable[PackageFile], publisher: Publisher) -> dict[str, Any]:
    """A dcat:Catalog with a dcat:Dataset for each dataset, and a dataset of the daily packages."""
    base = publisher.base_url
    return {
        "@context": _CONTEXT,
        "@id": f"{base}/data",
        "@type": "dcat:Catalog",
        "dct:title": publisher.name,
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": publisher.name},
        "dct:license": {"@id": publisher.licence_url},
        "dct:language": "zh",
        "dcat:dataset": [*(_dataset(one, publisher) for one in datasets), _packages(packages, publisher)],
        "dcat:service": {
            "@id": f"{base}/api/v1",
            "@type": "dcat:DataService",
            "dcat:endpointURL": {"@id": f"{base}/api/v1"},
            "dcat:endpointDescription": {"@id": f"{base}/api/v1/openapi.json"},
        },
    }


def _dataset(one: Dataset, publisher: Publisher) -> dict[str, Any]:
    address = f"{publisher.base_url}/data/{one.name}"
    return {
        "@id": address,
        "@type": "dcat:Dataset",
        "dct:identifier": one.name,
        "dct:title": str(one.title),
        "dct:description": str(one.note),
        "dct:accrualPeriodicity": {"@id": FREQUENCY + one.frequency},
        "dct:license": {"@id": publisher.licence_url},
        "dct:spatial": "http://www.geonames.org/1788046",
        "dcat:landingPage": {"@id": address},
        "dcat:distribution": [_distribution(f"{address}.{form}", kind) for form, kind in MIME.items()],
    }


def _distribution(address: str, mime: str) -> dict[str, Any]:
    return {
        "@id": address,
        "@type": "dcat:Distribution",
        "dcat:downloadURL": {"@id": address},
        "dcat:mediaType": mime.split(";", maxsplit=1)[0],
    }


def _packages(files: Iterable[PackageFile], publisher: Publisher) -> dict[str, Any]:
    address = f"{publisher.base_url}/data/packages"
    return {
        "@id": address,
        "@type": "dcat:DatasetSeries",
        "dct:title": "packages",
        "dct:accrualPeriodicity": {"@id": f"{FREQUENCY}DAILY"},
        "dcat:distribution": [_package(one, address) for one in files],
    }


def _package(one: PackageFile, address: str) -> dict[str, Any]:
    checksum = {
        "@type": "spdx:Checksum",
        "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
        "spdx:checksumValue": one.sha256,
    }
    return {
        **_distribution(f"{address}/{one.name}", "application/zip"),
        "dct:issued": {"@type": "xsd:date", "@value": one.day},
        "dcat:byteSize": one.size,
        "spdx:checksum": checksum,
    }


def schema_org(one: Dataset, publisher: Publisher) -> dict[str, Any]:
    """For search engines, in the page of the dataset."""
    address = f"{publisher.base_url}/data/{one.name}"
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": str(one.title),
        "description": str(one.note),
        "url": address,
        "identifier": one.name,
        "license": publisher.licence_url,
        "isAccessibleForFree": True,
        "inLanguage": "zh-CN",
        "creator": {"@type": "GovernmentOrganization", "name": publisher.name},
        "distribution": [
            {
                "@type": "DataDownload",
                "contentUrl": f"{address}.{form}",
                "encodingFormat": mime.split(";", maxsplit=1)[0],
            }
            for form, mime in MIME.items()
        ],
    }
