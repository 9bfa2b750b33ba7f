"""What stays for an inquiry, what goes on time beside it, and what is left afterwards."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.inquiry.scene import Scene

from vigie.desk.evidence_shelf import EvidenceShelf
from vigie.inquiry import cases, evidence
from vigie.situation.retention.inventory import without_one_rule


def test_neighbours_of_what_is_held_go_on_time_and_so_does_the_package(tmp_path: Path) -> None:
    """Requirement: REQ-5."""
    scene = Scene(tmp_path / "home")
    with scene.home as home:
        case_id = scene.case()
        name = scene.requisition(case_id)
        sha = scene.approved(case_id, name)
        told = evidence.run(home, scene.door("ines"), case_id, name, sha)
        path = EvidenceShelf(home.path).path(str(told["package_id"]))
        assert without_one_rule(home) == {}
        scene.clock.advance(timedelta(days=28))
        home.retention.run()
        assert path.exists()
        assert home.lake.narratives.count() == 3
        scene.clock.advance(timedelta(days=4))
        assert home.retention.run().erased["evidence"] == 1
        assert not path.exists()
        texts = [home.lake.narrative(one) for one in scene.ids]
        assert [text is not None for text in texts] == [True, False, False]
        cases.close_case(home, scene.door("ines"), case_id)
        home.retention.run()
        assert home.lake.narrative(scene.ids[0]) is None
        scene.clock.advance(timedelta(days=370))
        home.retention.run()
        assert home.desk.case_acts.of(case_id) == []
        (left,) = home.desk.case_acts.archives()
        assert (left.article, left.counts["narratives"]) == ("60-1", 1)
