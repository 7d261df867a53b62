"""What the visitors saw, and what follows from it."""

import itertools
import json
from dataclasses import dataclass
from pathlib import Path

#: So many answers in a row over one tunnel are needed to say that traffic moved there: a raced request is no move.
SETTLED = 20


@dataclass(frozen=True)
class Exchange:
    """One request. Times are seconds of the monotonic clock."""

    start: float
    number: str
    end: float
    #: Zero without an answer.
    status: int
    #: The tunnel by which the app says it came, when it answered.
    tunnel: str

    @property
    def seconds(self) -> float:
        return self.end - self.start


@dataclass
class LoadReport:
    gets: list[Exchange]
    posts: list[Exchange]
    #: When events came, by stream.
    events: list[list[float]]
    #: When it was opened, by stream.
    openings: list[list[float]]

    @staticmethod
    def read(path: Path) -> "LoadReport":
        content = json.loads(path.read_text())
        gets, posts = ([Exchange(*request) for request in content[method]] for method in ("GET", "POST"))
        return LoadReport(gets, posts, content["events"], content["openings"])

    def between(self, start: float, end: float) -> "LoadReport":
        """Only what was under way then."""

        def overlapping(exchanges: list[Exchange]) -> list[Exchange]:
            return [exchange for exchange in exchanges if exchange.end >= start and exchange.start <= end]

        events = [_events_between(times, start, end) for times in self.events]
        openings = [[time for time in times if start <= time <= end] for times in self.openings]
        return LoadReport(overlapping(self.gets), overlapping(self.posts), events, openings)

    @property
    def failed_gets(self) -> list[Exchange]:
        return [exchange for exchange in self.gets if exchange.status != 200]

    @property
    def failed_posts(self) -> list[Exchange]:
        return [exchange for exchange in self.posts if exchange.status != 200]

    @property
    def slowest_gap(self) -> float:
        """The longest time in which no GET was answered well."""
        ends = sorted(exchange.end for exchange in self.gets if exchange.status == 200)
        return max((later - earlier for earlier, later in itertools.pairwise(ends)), default=0.0)

    @property
    def slowest_get(self) -> float:
        return max((exchange.seconds for exchange in self.gets), default=0.0)

    @property
    def longest_stream_gap(self) -> float:
        """The longest time in which a stream brought no event, its opening anew included."""
        return max(
            (later - earlier for times in self.events for earlier, later in itertools.pairwise(times)), default=0.0
        )

    @property
    def moves(self) -> list[tuple[float, str]]:
        """When traffic settled on which tunnel, as the app saw it; the first is where it was."""
        moves: list[tuple[float, str]] = []
        row, tunnel, since = 0, "", 0.0
        for exchange in sorted((one for one in self.gets if one.tunnel), key=lambda one: one.end):
            if exchange.tunnel != tunnel:
                row, tunnel, since = 0, exchange.tunnel, exchange.end
            row += 1
            if row == SETTLED and (not moves or moves[-1][1] != tunnel):
                moves.append((since, tunnel))
        return moves

    @property
    def switches(self) -> int:
        return max(0, len(self.moves) - 1)


def _events_between(times: list[float], start: float, end: float) -> list[float]:
    """With the next one afterwards, so that a stream which was silent at the end shows."""
    within = [time for time in times if start <= time <= end]
    return within + [time for time in times if time > end][:1]
