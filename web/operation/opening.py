"""From what is on disk to an app that serves."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.types import ASGIApp

from assistant.pipeline import open_assistant
from corpus.originals import Originals
from index.encoder import Encoder, EncoderError, load_encoder
from index.model import ModelError
from index.storage import IndexUnavailable, serving
from web import beijing
from web.access.admission import Access, open_access
from web.admin.administration import Administration, administration_of
from web.app import create_app
from web.operation.metrics import Metrics
from web.operation.readiness import warm
from web.settings import Settings
from web.store import Store, open_store


class CannotOpen(RuntimeError):
    """What is on disk, or what is set, makes no app; the message says what to do, in Chinese."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An app, warm, over the index version of this name."""

    app: ASGIApp
    version: str


class Opener:
    """Opens apps, one after another, over whichever index serves; what outlives them is kept here.

    The encoder is kept too: another index is mostly made by the same one, and it is the slowest to load.
    """

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings, self._metrics = settings, metrics
        self._encoder: Encoder | None = None
        self._store: Store | None = None
        self._access: Access | None = None
        self._administration: Administration | None = None

    def open(self) -> Opened:
        """Raises CannotOpen."""
        try:
            return self._open()
        except IndexUnavailable as error:
            raise CannotOpen(f"{error}；也可运行 make setup") from error
        except (EncoderError, ModelError, ValueError) as error:
            raise CannotOpen(str(error)) from error

    def close(self) -> None:
        if self._administration is not None:
            self._administration.close()
        if self._store is not None:
            self._store.close()

    def _open(self) -> Opened:
        settings = self._settings
        assistant = open_assistant(settings.home, self._encoder_at_hand(), beijing.today)
        warm(assistant)
        app = create_app(
            assistant,
            self._store_at_hand(),
            settings.wechat,
            metrics=self._metrics,
            access=self._access_at_hand(),
            cached_answers=settings.cached_answers,
            log_addresses=settings.log_addresses,
            administration=self._administration_at_hand(),
            public_url=settings.public_url,
            originals=Originals(settings.home),
        )
        return Opened(app, assistant.retriever.version)

    def _encoder_at_hand(self) -> Encoder:
        _, index = serving(self._settings.home)
        if self._encoder is None or self._encoder.name != index.encoder:
            self._encoder = load_encoder(self._settings.encoder, self._settings.home)
        return self._encoder

    def _store_at_hand(self) -> Store:
        if self._store is None:
            self._settings.home.mkdir(parents=True, exist_ok=True)
            self._store = open_store(self._settings.store_url)
        return self._store

    def _access_at_hand(self) -> Access:
        if self._access is None:
            self._access = open_access(self._settings.access, self._store_at_hand())
        return self._access

    def _administration_at_hand(self) -> Administration:
        """At work from the first app on; of several processes one works."""
        if self._administration is None:
            settings = self._settings
            self._administration = administration_of(settings.home, self._store_at_hand(), settings.encoder)
            self._administration.start()
        return self._administration
