"""Half an hour of visitors while tunnels break and come back: what the gateway keeps of it."""

import os
import random
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from form import Form
from lab.namespaces import remove_leftovers
from lab.network import Network
from lab.rathole import Rathole
from lab.router import REFUSAL, SILENCE, Tunnel, Way
from stage.figures import Figures
from stage.polling import until
from stage.secrets import Secrets
from stage.workspace import Workspace

MIB = 1 << 20
UPLOAD = b"\x5a" * (4 * MIB)
#: What is warmed up by then is not growth: caches, pools, the allocator's arenas.
WARM_SHARE = 1 / 3


@pytest.fixture
def network(workspace: Workspace, secrets: Secrets) -> Iterator[Network]:
    assert os.geteuid() == 0, "this makes network namespaces: run it as root"
    remove_leftovers()
    network = Network(workspace, secrets, Rathole.find())
    yield network
    network.close()


@dataclass(frozen=True)
class Sample:
    at: float
    resident: int
    descriptors: int


def test_memory_and_descriptors_stay_where_they_are(network: Network, form: Form, figures: Figures) -> None:
    gateway = network.gateway.process
    network.heal()
    before = gateway.open_descriptors()
    cuts, samples = 0, []
    end = time.monotonic() + form.soak_seconds
    with network.load() as visitors:
        while time.monotonic() < end:
            _come_upload_and_leave(network)
            network.router.set(
                Tunnel.WIREGUARD, random.choice([SILENCE, REFUSAL[Tunnel.WIREGUARD]]), random.choice(list(Way))
            )
            time.sleep(random.uniform(1, 4))
            _come_upload_and_leave(network)
            network.router.mend()
            cuts += 1
            until(lambda: network.tunnel_used() == "wireguard", "traffic returns", 20, every=0.1)
            samples.append(Sample(time.monotonic(), gateway.resident_bytes(), gateway.open_descriptors()))
    # What visitors left is closed: the rest is ours, and pooled connections to the app.
    until(lambda: gateway.open_descriptors() <= before + 4, "connections are closed", 60, every=0.5)

    warm = samples[int(len(samples) * WARM_SHARE) :]
    report = visitors.report
    case = f"{form.soak_seconds / 60:.3g} minutes of load, {cuts} cuts"
    figures.at_most(case, f"failed of {len(report.gets)} GET", len(report.failed_gets), 0)
    figures.at_most(case, f"doubled of {len(report.posts)} POST", len(network.ask_app("/counts")["doubled"]), 0)
    figures.add(
        case,
        "resident memory, first and last",
        f"{samples[0].resident / MIB:.1f} and {samples[-1].resident / MIB:.1f} MiB",
    )
    figures.add(case, "descriptors before and after", f"{before} and {gateway.open_descriptors()}")
    if form.is_long:
        figures.add(case, "slope of resident memory", f"{_slope(warm, 'resident') / MIB:+.2f} MiB an hour")
        figures.add(case, "slope of descriptors", f"{_slope(warm, 'descriptors'):+.2f} an hour")
        growth = statistics.median(s.resident for s in warm[-10:]) - statistics.median(s.resident for s in warm[:10])
        assert growth < 4 * MIB, samples
    assert gateway.exit_code is None and len(network.gateway.processes) == 1, "it was never started anew"
    assert not report.failed_gets, report.failed_gets[:10]
    assert network.ask_app("/counts")["doubled"] == {}


def _come_upload_and_leave(network: Network) -> None:
    """A visitor with a link of her own, four megabytes for the app, and a sign-out."""
    visitor = network.gateway.signed_in()
    answer = visitor.client.post(f"/post?id={time.monotonic_ns()}", content=UPLOAD)
    assert answer.status_code == 200, answer
    visitor.sign_out()
    visitor.close()


def _slope(samples: list[Sample], what: str) -> float:
    """By least squares, an hour."""
    times = [sample.at for sample in samples]
    return statistics.linear_regression(times, [getattr(sample, what) for sample in samples]).slope * 3600
