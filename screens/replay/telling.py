"""What a run says: a line a step, the first difference as two screens, and a line for all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree import ElementTree

import msgspec

from screens.replay.comparison import changed_cells, side_by_side
from screens.replay.faults import one_line
from screens.replay.playing import Played, Report

LABELS = ("expected", "found")


def step_line(played: Played) -> str:
    """PASS or FAIL, the step, how long it took."""
    verdict = "FAIL" if played.differences else "PASS"
    note = f"  {played.step.note}" if played.step.note else ""
    bound = played.step.expected.within_ms
    slow = f", over its {bound:g} ms" if bound is not None and played.seen.elapsed_ms > bound else ""
    return f"  {verdict}  step {played.number} (line {played.step.line}){note}  [{played.seen.elapsed_ms:.1f} ms{slow}]"


def difference_lines(
    played: Played, volatile: Iterable[str], width: int, *, attributes: bool = False
) -> list[str]:
    """What differs in a step; the screens side by side if they do; `attributes` in full, if asked for."""
    lines = [f"        {difference}" for difference in played.differences]
    if attributes and any(difference.what == "attributes" for difference in played.differences):
        lines += [f"          {line}" for line in played.seen.attributes.splitlines()]
    expected = played.step.expected.screen
    if expected is not None and any(difference.what == "screen" for difference in played.differences):
        cells = changed_cells(expected, played.seen, volatile)
        lines += ["", *map(one_line, side_by_side(expected, played.seen.rows, cells, width, LABELS)), ""]
    return lines


def report_lines(
    report: Report, width: int, *, quiet: bool = False, attributes: bool = False
) -> Iterator[str]:
    """A report in full: the steps, the first difference, and what stopped it."""
    if report.verdict or not quiet:
        yield f"{report.file} via {report.via}"
        shown = False
        for played in report.played:
            yield step_line(played)
            if played.differences and not shown:
                yield from difference_lines(played, report.volatile, width, attributes=attributes)
                shown = True
            else:
                yield from (f"        {difference}" for difference in played.differences)
        if report.unseen:
            yield f"  volatile: no step shows a field {', '.join(map(repr, report.unseen))}"
        if report.trouble:
            yield f"  ERROR {one_line(report.trouble)}"
    yield summary(report)


def summary(report: Report) -> str:
    """One line for a scenario."""
    failed = [played for played in report.played if played.differences]
    word = ("PASS", "FAIL", "ERROR")[report.verdict]
    left = report.steps - len(report.played)
    tail = f", {len(failed)} different" if failed else ""
    tail += f", {left} not run" if left else ""
    return f"{word:<5} {report.file} via {report.via}: {len(report.played)} steps{tail} in {report.elapsed_s:.2f} s"


def as_json(reports: Iterable[Report]) -> bytes:
    """Every report, for programs."""
    told = [{**msgspec.to_builtins(report), "verdict": report.verdict} for report in reports]
    return msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n"


def as_junit(reports: Iterable[Report], width: int = 0) -> bytes:
    """A JUnit file: a suite a scenario, a case a step."""
    root = ElementTree.Element("testsuites", name="entracte replay")
    for report in reports:
        failed = sum(bool(played.differences) for played in report.played)
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=f"{report.file} via {report.via}",
            tests=str(max(report.steps, len(report.played))),
            failures=str(failed),
            errors=str(int(bool(report.trouble))),
            time=f"{report.elapsed_s:.3f}",
        )
        for played in report.played:
            _case(suite, report, played, width)
        if report.trouble:
            case = ElementTree.SubElement(suite, "testcase", name="run", classname=report.file)
            ElementTree.SubElement(case, "error", message=_clean(report.trouble))
    ElementTree.indent(root)
    made: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return made + b"\n"


def _case(suite: ElementTree.Element, report: Report, played: Played, width: int) -> None:
    name = f"step {played.number} {played.step.note}".rstrip()
    case = ElementTree.SubElement(
        suite,
        "testcase",
        name=_clean(name),
        classname=report.file,
        time=f"{played.seen.elapsed_ms / 1000:.4f}",
    )
    if played.differences:
        text = "\n".join(difference_lines(played, report.volatile, width))
        failure = ElementTree.SubElement(case, "failure", message=_clean(str(played.differences[0])))
        failure.text = _clean(text)


def _clean(text: str) -> str:
    """Without the characters XML cannot have."""
    return "".join(sign if sign.isprintable() or sign in "\n\t" else "?" for sign in text)
