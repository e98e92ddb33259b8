"""The queue of a portfolio: what its address says, which clients it holds, and who stands before and after."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.batch.client_queue import FIELDS, SORTS, Position, Queue, count, position_of, read_queue
from core.batch.summary import PAGE
from core.records import ReviewReason, Verdict
from tests.core.batch.test_summary import FIVE, ODD, results

queues = st.builds(
    Queue,
    verdicts=st.sets(st.sampled_from(list(Verdict))).map(lambda each: tuple(v for v in Verdict if v in each)),
    why=st.sets(st.sampled_from(list(ReviewReason))).map(lambda each: tuple(w for w in ReviewReason if w in each)),
    starts=st.text("0123456789", max_size=20),
    undecided=st.booleans(),
    sort=st.sampled_from(SORTS),
)


@given(queues)
def test_an_address_brings_the_queue_back(queue: Queue) -> None:
    address = queue.to_address()
    assert read_queue(address) == queue
    assert set(address) <= set(FIELDS)


def test_the_whole_file_in_its_order_has_an_address_without_parameters() -> None:
    assert Queue().to_address() == {}
    assert Queue(verdicts=(Verdict.TO_REVIEW,), sort="-amount").to_address() == {"only": "to_review", "sort": "-amount"}


def test_what_an_address_says_wrongly_is_left_out() -> None:
    said = {"only": "to_review,maybe", "why": "rain", "starts": f" {'9' * 40} ", "sort": "-income", "page": "2"}
    assert read_queue(said) == Queue(verdicts=(Verdict.TO_REVIEW,), starts="9" * 20)


def test_a_queue_holds_its_clients_in_its_order() -> None:
    queue = Queue(verdicts=(Verdict.TO_REVIEW, Verdict.FAVOURABLE), sort="-amount")
    assert FIVE.ids[queue.places(FIVE)].tolist() == [2**62 + 1, 13, 900012, 90001]
    assert ODD.ids[Queue(why=(ReviewReason.IN_BAND,)).places(ODD)].tolist() == [1]


@pytest.mark.parametrize(
    ("client", "position"),
    [
        (900011, Position(1, 5, None, 2**62 + 1)),
        (13, Position(3, 5, 2**62 + 1, 900012)),
        (90001, Position(5, 5, 900012, None)),
        (7, Position(0, 5, None, 900011)),
    ],
)
def test_position_and_neighbours_of_a_client(client: int, position: Position) -> None:
    assert position_of(client, Queue(sort="solvency"), FIVE) == position


def test_decided_clients_are_left_out_and_keep_their_neighbours() -> None:
    queue, decided = Queue(sort="solvency", undecided=True), {2**62 + 1, 13}
    assert FIVE.ids[queue.places(FIVE, decided)].tolist() == [900011, 900012, 90001]
    assert FIVE.ids[replace(queue, undecided=False).places(FIVE, decided)].tolist() == [
        *(900011, 2**62 + 1, 13, 900012, 90001),
    ]
    assert position_of(13, queue, FIVE, decided) == Position(2, 3, 900011, 900012, is_decided=True)
    assert position_of(900012, queue, FIVE, decided) == Position(2, 3, 900011, 90001)
    assert position_of(7, queue, FIVE, decided) == Position(0, 3, None, 900011)


def test_an_empty_queue_leads_nowhere() -> None:
    assert position_of(13, Queue(starts="5"), FIVE) == Position(0, 0)


@given(queues, st.integers(1, 60))
def test_next_after_next_goes_through_the_whole_queue_and_back(queue: Queue, size: int) -> None:
    sent = results([0.3 - 0.001 * (7 * place % size) for place in range(size)])
    ids = sent.ids[queue.places(sent)].tolist()
    walked: list[int] = []
    at = position_of(0, queue, sent).next
    while at is not None:
        position = position_of(at, queue, sent)
        assert position.previous == (walked[-1] if walked else None)
        walked.append(at)
        assert position.place == len(walked)
        assert position.page == (len(walked) - 1) // PAGE + 1
        at = position.next
    assert walked == ids


def test_clients_are_counted_by_recommendation_and_reason() -> None:
    counts = count(ODD)
    assert counts.verdicts == {Verdict.FAVOURABLE: 1, Verdict.UNFAVOURABLE: 0, Verdict.TO_REVIEW: 3}
    assert counts.why == {
        ReviewReason.IN_BAND: 1,
        ReviewReason.TOO_LITTLE_KNOWN: 1,
        ReviewReason.IMPOSSIBLE_VALUE: 2,
    }
    assert count(replace(FIVE)).verdicts[Verdict.UNFAVOURABLE] == 1
