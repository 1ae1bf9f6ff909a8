"""The OpenAPI document is the client: for Python and for TypeScript, generated from the server and calling it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from fastapi.testclient import TestClient

from assistant.pipeline import Assistant
from tests.clients import OPENAPI_PYTHON_CLIENT, OPENAPI_TS, node_with, python_with, run
from tests.loopback import serving
from web.access.admission import open_access
from web.access.settings import AccessSettings
from web.app import create_app
from web.store import open_store

PYTHON = """
from datetime import date

from yiyang_client import AuthenticatedClient
from yiyang_client.api.documents import get_provision
from yiyang_client.api.questions import ask
from yiyang_client.models import AskRequest, AskResponse, ProblemOut, ProvisionOut

client = AuthenticatedClient("ADDRESS", token="KEY", raise_on_unexpected_status=True)
answer = ask.sync(client=client, body=AskRequest(question="养老机构内设医务室至少配几名医生？"))
assert isinstance(answer, AskResponse)
citation = answer.citations[0]
issued_on: date | None = citation.issued_on
start, end = citation.highlights[0]
assert citation.quote[start - citation.start : end - citation.start] == "1名主执业点医师"
provision = get_provision.sync(citation.document_id, citation.article_id, client=client)
assert isinstance(provision, ProvisionOut)
assert citation.quote in provision.text
refused = ask.sync(client=client, body=AskRequest(question=" "))
assert isinstance(refused, ProblemOut)
print(citation.document_number, citation.label, issued_on, refused.code)
"""

TYPESCRIPT = """
import { ask, getProvision, type CitationOut } from "./yiyang/index.js";
import { client } from "./yiyang/client.gen.js";

client.setConfig({ baseUrl: "ADDRESS", auth: "KEY" });
const { data, error } = await ask({ body: { question: "养老机构内设医务室至少配几名医生？" } });
if (!data) throw new Error(error.detail);
const citation: CitationOut | undefined = data.citations[0];
if (!citation) throw new Error("no citation");
const [start, end]: [number, number] = citation.highlights[0]!;
const words = Array.from(citation.quote).slice(start - citation.start, end - citation.start).join("");
if (words !== "1名主执业点医师") throw new Error(words);
const path = { document_id: citation.document_id, article_id: citation.article_id };
const provision = await getProvision({ path, throwOnError: true });
if (!provision.data.text.includes(citation.quote)) throw new Error(provision.data.text);
const refused = await ask({ body: { question: " " } });
console.log(citation.document_number, citation.label, citation.issued_on, refused.error?.code);
"""

TSCONFIG = '{"compilerOptions": {"strict": true, "target": "es2022", "module": "nodenext"}}'
PRINTED = "长民〔2025〕2号 二、（一）2. 2025-01-02 empty_question"


@dataclass(frozen=True)
class Server:
    """A real server with the real assistant, for those who have a key."""

    address: str
    key: str

    def in_words(self, program: str) -> str:
        return program.replace("ADDRESS", self.address).replace("KEY", self.key)


@pytest.fixture(scope="module")
def server(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('clients') / 'yiyang.db'}")
    _, key = store.keys.create("生成的客户端", ["ask", "documents"])
    access = open_access(AccessSettings(anonymous="pages"), store)
    with serving(create_app(assistant, store, access=access)) as address:
        yield Server(address, key)
    store.close()


@pytest.fixture(scope="module")
def document(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('document') / 'yiyang.db'}")
    found: dict[str, Any] = TestClient(create_app(assistant, store)).get("/openapi.json").json()
    store.close()
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(path, operation) for path, methods in document["paths"].items() for operation in methods.values()]


def generate_typescript(server: Server, home: Path, project: Path) -> None:
    """The client in project/yiyang, of a project that is one of modules and strict."""
    tools = node_with(home, *OPENAPI_TS)
    for place in (tools, project):  # the generator looks for the settings beside itself
        (place / "tsconfig.json").write_text(TSCONFIG)
        (place / "package.json").write_text('{"type": "module"}')
    (project / "node_modules").symlink_to(tools / "node_modules")
    run("npx", "openapi-ts", "-i", f"{server.address}/openapi.json", "-o", "yiyang", cwd=project)


# The clients


def test_a_python_client_is_generated_and_reads_a_citation(server: Server, home: Path, tmp_path: Path) -> None:
    python = python_with(home, OPENAPI_PYTHON_CLIENT, "mypy")
    scripts = {"PATH": f"{python.parent}:/usr/bin:/bin"}  # where it finds ruff, to format what it writes
    generate = (python.parent / "openapi-python-client", "generate", "--url", f"{server.address}/openapi.json")
    said = run(*generate, "--meta", "none", "--output-path", tmp_path / "yiyang_client", env=scripts)
    assert "warning" not in said.lower()
    (tmp_path / "program.py").write_text(server.in_words(PYTHON))
    assert run(python, "program.py", cwd=tmp_path).strip() == PRINTED
    run(python, "-m", "mypy", "--follow-imports", "silent", "program.py", cwd=tmp_path)


def test_a_typescript_client_is_generated_and_reads_a_citation(server: Server, home: Path, tmp_path: Path) -> None:
    generate_typescript(server, home, tmp_path)
    (tmp_path / "program.ts").write_text(server.in_words(TYPESCRIPT))
    run("npx", "tsc", cwd=tmp_path)
    assert run("node", "program.js", cwd=tmp_path).strip() == PRINTED


def test_a_wrong_use_does_not_pass_the_type_checker(server: Server, home: Path, tmp_path: Path) -> None:
    generate_typescript(server, home, tmp_path)
    wrong = 'import { ask } from "./yiyang/index.js";\nawait ask({ body: { query: "医生" } });\n'
    (tmp_path / "wrong.ts").write_text(wrong)
    with pytest.raises(AssertionError, match=r"wrong\.ts\(2,21\)"):
        run("npx", "tsc", cwd=tmp_path)


# What makes them so


def test_operations_have_short_names_of_their_own(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[a-z]+(?:[A-Z][a-z]+)*", name)] == []
    assert {"ask", "search", "suggest", "listDocuments", "getProvision", "verifyCitation"} <= set(names)


def test_tags_are_names_that_a_folder_can_have_and_are_described(document: dict[str, Any]) -> None:
    described = {tag["name"] for tag in document["tags"] if tag["description"]}
    used = {tag for _, operation in operations(document) for tag in operation.get("tags", [])}
    assert all(len(operation.get("tags", [])) == 1 for _, operation in operations(document))
    assert used <= described
    assert [tag for tag in used if not re.fullmatch(r"[a-z]+", tag)] == []


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    models = document["components"]["schemas"]
    meant = re.findall(r'"#/components/schemas/([^"]+)"', str(document).replace("'", '"'))
    assert len(set(meant)) > 20
    assert set(meant) - set(models) == set()
    assert not {"HTTPValidationError", "ValidationError"} & set(models)


def test_errors_are_described_as_they_are_sent(document: dict[str, Any]) -> None:
    for path, operation in operations(document):
        kind, model = (
            ("application/json", "ErrorOut") if path.startswith("/v1/") else ("application/problem+json", "ProblemOut")
        )
        errors = {status: each for status, each in operation["responses"].items() if not status.startswith("2")}
        assert "default" in errors
        for each in errors.values():
            assert each["content"] == {kind: {"schema": {"$ref": f"#/components/schemas/{model}"}}}
            assert not each["description"].isascii()


def test_an_answer_has_one_type_and_its_other_shapes_their_own(document: dict[str, Any]) -> None:
    shapes = document["paths"]["/api/v1/ask"]["post"]["responses"]["200"]["content"]
    assert {kind: each["schema"] for kind, each in shapes.items()} == {
        "application/json": {"$ref": "#/components/schemas/AskResponse"},
        "application/vnd.yiyang.card+json": {"$ref": "#/components/schemas/CardOut"},
        "text/plain": {"type": "string"},
    }


@pytest.mark.parametrize(
    "question", ["养老机构内设医务室至少配几名医生？", "大兴和长宁有什么不同？", "朝阳区的签约率是多少？"]
)
def test_a_card_is_what_the_document_says(server: Server, document: dict[str, Any], question: str) -> None:
    sent = httpx.post(
        f"{server.address}/api/v1/ask",
        json={"question": question, "format": "card"},
        headers={"authorization": f"Bearer {server.key}"},
    )
    assert sent.headers["content-type"] == "application/vnd.yiyang.card+json"
    card, models = sent.json(), document["components"]["schemas"]
    assert set(card) == set(models["CardOut"]["properties"])
    for name, model in (("further", "CardQuotationOut"), ("related", "CardRelatedOut")):
        for each in card[name]:
            assert set(each) == set(models[model]["properties"])
