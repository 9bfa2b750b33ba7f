"""A room with one exit, walked by JuPedSim's agents."""

from __future__ import annotations

from dataclasses import dataclass

import jupedsim as jps
import numpy as np
import shapely

BAND = (70.0, 110.0)
"""People per metre and minute that walkers of 0.8 to 1.34 m/s pass: 82 lies within, 60 below."""
CORRIDOR_M = 1.0
MARGIN_M = 0.3


@dataclass(frozen=True)
class Walked:
    """What the simulation gave: flow of the middle 60 %, and when the last passed the door."""

    width_m: float
    agents: int
    flow: float
    last_s: float


def walk(width_m: float, agents: int, *, seed: int, speed: float = 1.34, room_m: float = 12.0):
    """Let agents leave a square room through one door, by the collision-free speed model."""
    half = room_m / 2
    ground = shapely.union_all(
        [
            shapely.box(0, 0, room_m, room_m),
            shapely.box(room_m, half - width_m / 2, room_m + CORRIDOR_M, half + width_m / 2),
            shapely.box(room_m + CORRIDOR_M, 0, room_m + CORRIDOR_M + 8, room_m),
        ]
    )
    simulation = jps.Simulation(model=jps.CollisionFreeSpeedModel(), geometry=ground, dt=0.02)
    away = shapely.box(room_m + CORRIDOR_M + 3, 0, room_m + CORRIDOR_M + 8, room_m)
    stage = simulation.add_exit_stage(away)
    journey = simulation.add_journey(jps.JourneyDescription([stage]))
    inside = shapely.box(MARGIN_M, MARGIN_M, room_m - MARGIN_M, room_m - MARGIN_M)
    places = jps.distribute_by_number(
        polygon=inside,
        number_of_agents=agents,
        distance_to_agents=0.35,
        distance_to_polygon=0.25,
        seed=seed,
    )
    chance = np.random.default_rng(seed)
    for place in places:
        simulation.add_agent(
            jps.CollisionFreeSpeedModelAgentParameters(
                journey_id=journey,
                stage_id=stage,
                position=place,
                desired_speed=float(np.clip(chance.normal(speed, 0.15 * speed), 0.4, 2.2)),
                radius=0.15,
            )
        )
    door = room_m + CORRIDOR_M / 2
    inside_now = {agent.id for agent in simulation.agents()}
    passed: list[float] = []
    while inside_now:
        simulation.iterate(10)
        still = {agent.id for agent in simulation.agents() if agent.position[0] <= door}
        passed += [simulation.elapsed_time()] * len(inside_now - still)
        inside_now &= still
    low, high = round(agents * 0.2), round(agents * 0.8)
    flow = (high - low) / (passed[high] - passed[low]) / width_m * 60
    return Walked(width_m, agents, flow, passed[-1])
