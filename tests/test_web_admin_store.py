"""What is kept of those who keep the library, in SQLite and in PostgreSQL alike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.postgres import database_url as database_url
from tests.postgres import store as store
from web.store import Store
from web.store.accounts import AccountTaken, UnknownAccount
from web.store.audit import Action
from web.store.publications import Kind, State, UnderWay, UnknownPublication
from web.store.trials import UnknownTrial
from web.store.uploads import UnknownUpload, UploadState, new_id

WHO = "王芳"


def test_accounts_and_their_sessions(store: Store) -> None:
    assert not store.accounts.any_enabled()
    account = store.accounts.add(WHO, "hash")
    assert store.accounts.named(WHO) == account
    with pytest.raises(AccountTaken, match=WHO):
        store.accounts.add(WHO, "other")
    token = store.sessions.open(account.id)
    session = store.sessions.find(token)
    assert session is not None
    assert (session.account, session.account_id) == (WHO, account.id)
    assert store.sessions.find(token + "x") is None
    assert store.sessions.find("\ud800") is None
    store.accounts.rehash(account.id, "newer")
    assert store.sessions.find(token) is not None
    store.accounts.disable(WHO)
    assert store.sessions.find(token) is None
    assert not store.accounts.any_enabled()
    with pytest.raises(UnknownAccount):
        store.accounts.disable("无此人")


def test_counters(store: Store) -> None:
    counters = store.attempts
    assert [counters.incr("a", 60) for _ in range(3)] == [1, 2, 3]
    assert (counters.get("a"), counters.get("b")) == (3, 0)
    assert 50 < counters.get_expiry("a") - time() <= 60
    counters.clear("a")
    assert counters.get("a") == 0
    assert counters.incr("short", 0) == 1
    assert counters.get("short") == 0
    assert counters.incr("short", 60) == 1
    with ThreadPoolExecutor(6) as pool:
        counted = sorted(pool.map(lambda _: counters.incr("many", 60), range(24)))
    assert counted == [*range(1, 25)]
    assert counters.reset() >= 2


def test_uploads_move_on_only_from_where_they_stand(store: Store) -> None:
    upload_id = new_id()
    store.uploads.add(upload_id, "通知.txt", 12, WHO)
    queued = store.uploads.next_queued()
    assert queued is not None
    assert queued.id == upload_id
    with ThreadPoolExecutor(6) as pool:
        taken = pool.map(lambda _: store.uploads.move(upload_id, (UploadState.QUEUED,), UploadState.READING), range(12))
        assert sum(taken) == 1
    assert store.uploads.interrupt() == 1
    assert not store.uploads.move(upload_id, (UploadState.READY,), UploadState.PUBLISHED)
    assert store.uploads.move(upload_id, (UploadState.INTERRUPTED,), UploadState.READY, facts={"region": "全国"})
    kept = store.uploads.get(upload_id)
    assert (kept.state, kept.facts, kept.created_at.tzinfo is not None) == (UploadState.READY, {"region": "全国"}, True)
    assert store.uploads.count_pending() == 1
    store.uploads.move(upload_id, (UploadState.READY,), UploadState.DISCARDED)
    assert (store.uploads.count_pending(), store.uploads.pending()) == (0, ())
    with pytest.raises(UnknownUpload):
        store.uploads.get("x")


def test_a_document_is_changed_by_one_at_a_time(store: Store) -> None:
    first, second = new_id(), new_id()
    store.publications.add(first, Kind.RESTORE, "a-1", "某通知", WHO, version="001-abc")
    for state in (State.QUEUED, State.BUILDING, State.REFUSED, State.FAILED, State.INTERRUPTED):
        store.publications.note(first, state=state.value)
        with pytest.raises(UnderWay, match="尚未完成"):
            store.publications.add(second, Kind.WITHDRAW, "a-1", "某通知", WHO)
    store.publications.add(new_id(), Kind.WITHDRAW, "b-1", "别的", WHO)
    assert store.publications.cancel(first)
    store.publications.add(second, Kind.WITHDRAW, "a-1", "某通知", WHO)
    assert [each.kind for each in store.publications.open()] == [Kind.WITHDRAW, Kind.WITHDRAW]
    with pytest.raises(UnknownPublication):
        store.publications.get("x")


def test_cancelled_or_switched_never_both(store: Store) -> None:
    for number in range(12):
        publication_id = new_id()
        store.publications.add(publication_id, Kind.WITHDRAW, f"a-{number}", "某通知", WHO)
        assert store.publications.move(publication_id, (State.QUEUED,), State.EVALUATING)
        with ThreadPoolExecutor(2) as pool:
            cancelled = pool.submit(store.publications.cancel, publication_id)
            switched = pool.submit(store.publications.move, publication_id, (State.EVALUATING,), State.SWITCHING)
            assert cancelled.result() is not switched.result()


def test_what_came_into_force_newest_first(store: Store) -> None:
    ids = [new_id() for _ in range(3)]
    for each in ids:
        store.publications.add(each, Kind.WITHDRAW, each, "某通知", WHO)
        assert store.publications.move(each, (State.QUEUED,), State.DONE, scores={"asked": 3})
    assert [each.id for each in store.publications.done(2)] == [ids[2], ids[1]]
    assert [each.scores for each in store.publications.done(5, ids[0])] == [{"asked": 3}]


@pytest.mark.parametrize("words", ["x", "0" * 31 + "\0", "0" * 32 + "\n", "\ud800"])
def test_what_is_no_id_is_unknown_and_never_asked_for(store: Store, words: str) -> None:
    with pytest.raises(UnknownUpload):
        store.uploads.get(words)
    with pytest.raises(UnknownPublication):
        store.publications.get(words)
    with pytest.raises(UnknownTrial):
        store.trials.get(words)


def test_every_action_has_words_of_its_own_that_the_log_has_room_for() -> None:
    assert len(Action.__members__) == len({*Action}) == len([*Action])
    assert max(map(len, Action)) <= 16


@pytest.mark.parametrize("change", ["UPDATE audit SET who = 'x'", "DELETE FROM audit"])
def test_the_log_is_only_ever_added_to(store: Store, change: str) -> None:
    store.audit.record(WHO, Action.UPLOADED, "一")
    store.audit.record("", Action.SIGN_IN_FAILED, "字" * 5000)
    with pytest.raises(DBAPIError, match="append-only"), store.database.writing() as connection:
        connection.execute(text(change))
    assert [each.who for each in store.audit.page(None, None, 0, 10)] == ["", WHO]
    assert len(store.audit.page(None, None, 0, 1)[0].detail) == 2000
    assert (store.audit.count(WHO, None), store.audit.count(WHO, Action.SIGN_IN_FAILED)) == (1, 0)
    assert store.audit.people() == ("", WHO)
