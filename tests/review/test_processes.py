"""Reviewers in processes of their own, and queues of ten thousand."""

import json
import subprocess
import sys
import tracemalloc
from datetime import UTC, datetime, timedelta

from sqlalchemy import event, insert

from onecopy.catalog.answers import Given
from onecopy.catalog.queue import Filter, Order
from onecopy.catalog.schema import question
from onecopy.model import Answer
from onecopy.review import queue
from onecopy.review.decide import decide
from onecopy.review.model import Reviewer
from onecopy.review.undo import undo

ANSWER = """
import json, sys
from onecopy.catalog.answers import Given
from onecopy.model import Answer
from onecopy.catalog.store import Catalog
from onecopy.review.decide import decide
from onecopy.review.model import Refused, Reviewer
where, name, answer, *ids = sys.argv[1:]
with Catalog(where, durable=True) as catalog:
    print("ready", flush=True)
    sys.stdin.readline()
    said = {}
    for id in ids:
        try:
            by = Reviewer(name=name, agency="fire")
            decide(catalog, id, Given(answer=Answer(answer)), version=1, by=by)
            said[id] = "final"
        except Refused as error:
            said[id] = [error.code, error.message]
    print(json.dumps(said))
"""


def at_once(world, questions, reviewers):
    """What each of some reviewers was told who answer the same questions at one moment, by their names."""
    where = world.catalog.url.render_as_string(hide_password=False)
    ids = [one.public_id for one in questions]
    running = {
        name: subprocess.Popen(
            [sys.executable, "-c", ANSWER, where, name, answer, *ids],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name, answer in reviewers.items()
    }
    for one in running.values():
        assert one.stdout.readline() == "ready\n"
    for one in running.values():
        one.stdin.write("go\n")
        one.stdin.flush()
    return {name: json.loads(one.communicate(timeout=120)[0]) for name, one in running.items()}


def test_two_reviewers_at_once_never_decide_the_same_one_twice(world):
    asked = [world.pair(f"case {at}")[0] for at in range(6)]
    told = at_once(world, asked, {"Ana": "both-needed", "Bo": "same-keep-left"})
    for one in asked:
        said = {name: found[one.public_id] for name, found in told.items()}
        (winner,) = [name for name, word in said.items() if word == "final"]
        (loser,) = said.keys() - {winner}
        code, message = said[loser]
        assert code == "already-answered"
        assert message.startswith(f"{winner} answered '")
        assert world.now(one).answered_by == winner
    assert world.log() == ["review.decided"] * 6


def test_an_answer_of_another_process_is_taken_back_here(world):
    question, *_ = world.pair()
    before = world.state()
    assert at_once(world, [question], {"Ana": "not-related"})["Ana"][question.public_id] == "final"
    with world.catalog.read() as connection:
        from onecopy.catalog import answers

        (given,) = answers.of_questions(connection, [question.id])[question.id]
    undo(world.catalog, given.public_id, by=Reviewer(name="Bo", agency="fire"))
    assert world.state() == before


def fill(world, number, agency="fire"):
    now = datetime(2026, 5, 3, tzinfo=UTC)
    rows = [
        {
            "public_id": f"{agency}-{at}",
            "agency": agency,
            "case_id": f"case {at % 500}",
            "kind": "changed-copy",
            "relation": "edited",
            "title": "A crop",
            "proposed": {},
            "reasons": ["Because."],
            "confidence": 0.9,
            "details": {},
            "opened_at": now,
            "due_at": now + timedelta(minutes=at * 7919 % number),
            "priority": at % 4,
            "reviewers": 1,
            "state": "open",
            "escalated": False,
            "version": 1,
        }
        for at in range(number)
    ]
    with world.catalog.write() as connection:
        for at in range(0, number, 500):
            connection.execute(insert(question), rows[at : at + 500])


def walk(world, wanted, order, limit=100):
    """All questions of a queue page by page: how many, how many statements, and the most memory."""
    statements = []
    event.listen(world.catalog._engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    seen, cursor, most = 0, None, 0
    while True:
        tracemalloc.start()
        with world.catalog.read() as connection:
            page = queue.page(connection, wanted, order=order, cursor=cursor, limit=limit)
        most = max(most, tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        seen, cursor = seen + len(page.questions), page.next
        if cursor is None:
            return seen, len([one for one in statements if one.startswith("SELECT")]), most


def test_ten_thousand_questions_cost_a_page_what_ten_pages_cost(world):
    fill(world, 10_000)
    fill(world, 300, agency="parks")
    seen, statements, large = walk(world, Filter(agency="fire"), Order.PRIORITY)
    assert (seen, statements) == (10_000, 100)  # a statement a page, whatever lies before it
    few, _, small = walk(world, Filter(agency="parks"), Order.PRIORITY)
    assert few == 300
    assert large < 2 * small + 500_000
    with world.catalog.read() as connection:
        assert len(queue.cases(connection, Filter(agency="fire"), limit=50).cases) == 50


def test_no_order_sorts_the_whole_queue(world):
    fill(world, 2_000)
    if world.catalog.url.get_backend_name() != "sqlite":
        return  # its planner may sort what is small
    for order in Order:
        said = []

        def keep(_, __, statement, parameters, *___, said=said):
            if "FROM question" in statement and not statement.startswith("EXPLAIN"):
                said.append((statement, parameters))

        event.listen(world.catalog._engine, "before_cursor_execute", keep)
        with world.catalog.read() as connection:
            first = queue.page(connection, Filter(agency="fire"), order=order, limit=50)
            queue.page(connection, Filter(agency="fire"), order=order, cursor=first.next, limit=50)
            for statement, parameters in list(said):
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
                assert "USING INDEX ix_question_agency_state" in str(plan), (order, plan)
                assert "TEMP B-TREE" not in str(plan), (order, plan)
        event.remove(world.catalog._engine, "before_cursor_execute", keep)


def test_answers_in_threads_of_one_process(world):
    from concurrent.futures import ThreadPoolExecutor

    from onecopy.review.model import Refused

    question, *_ = world.pair()

    def say(name):
        try:
            given = Given(answer=Answer.NOT_RELATED)
            decide(world.catalog, question.public_id, given, version=1, by=Reviewer(name=name, agency="fire"))
        except Refused as error:
            return error.code
        return "final"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(say, "ABCD")) == ["already-answered"] * 3 + ["final"]
