"""Film strips of scenarios that are run for it, and of stored conversations."""

from __future__ import annotations

import asyncio
from pathlib import Path

from monitor.settings import Settings
from screens.replay.actions import write
from screens.replay.filmstrip import Frame, Paper, frame, step_title
from screens.replay.playing import Way, player_of
from screens.replay.reading import load_scenario
from screens.replay.recording import Replica, aid_of, note_of
from screens.replay.rendering import attributes_of
from screens.replay.scenario import Scenario
from screens.replay.stored import conversation_id, history_of, is_conversation, stored_steps


def frames_of(name: str, settings: Settings, paper: Paper = Paper.TEXT) -> list[Frame]:
    """The frames of a scenario's file, as it runs now, or of a stored conversation such as 3-17."""
    if is_conversation(name):
        return of_conversation(name, settings, paper)
    return asyncio.run(of_scenario(load_scenario(Path(name)), settings, paper))


async def of_scenario(scenario: Scenario, settings: Settings, paper: Paper) -> list[Frame]:
    """What a scenario shows when it is run."""
    frames = []
    async with player_of(scenario, Way(settings)) as player:
        for number, step in enumerate(scenario.steps, start=1):
            played = await player.play(number, step)
            title = step_title(number, step.note)
            actions = map(write, step.actions)
            seen = played.seen
            frames.append(frame(title, actions, seen.rows, seen.attributes, player.driver.space, paper))
    return frames


def of_conversation(name: str, settings: Settings, paper: Paper) -> list[Frame]:
    """What a stored conversation showed."""
    frames = []
    with history_of(settings) as (database, presenter):
        display = Replica(presenter)
        for step in stored_steps(database, conversation_id(name)):
            actions = [write(action) for action in display.actions(step)]
            display.show(step.screen, aid_of(step))
            attributes = attributes_of(display.space, display.places)
            title = step_title(step.number, f"{note_of(step)}, {step.started[:19]}")
            frames.append(frame(title, actions, display.rows, attributes, display.space, paper))
    return frames
