"""Along which streets are facts dense, and where more than chance would lay them?"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import scipy
from pydantic import Field

from vigie.analyse.analysis import Analysis, Frame, Outcome, OutputColumn
from vigie.analyse.draws import at_most, draw, false_discovery
from vigie.analyse.network_kernels import (
    Floats,
    choose_network_bandwidth,
    network_kernel,
    tail_moments,
)
from vigie.analyse.on_streets import SPOTS, STREET_READS, StreetParameters, read_on_streets
from vigie.analyse.pearson import pearson_tail
from vigie.base.remarks import remark
from vigie.geo.lixels import LixelNetwork

CANDIDATES = (100.0, 200.0, 300.0, 500.0)
ENOUGH = 10
"""Draws that must reach as far for their share to be the probability."""


class NetworkDensityParameters(StreetParameters):
    """How far a fact is spread along streets, and what chance is."""

    bandwidth_m: int = Field(
        300,
        ge=0,
        le=2_000,
        title="Largeur (m) / Bandwidth (m)",
        description="Où finit le noyau, le long des rues ; 0 : choisie de 100 à 500 m pour dire au"
        " mieux des faits mis de côté. / Where the kernel ends, along streets; 0: chosen from 100"
        " to 500 m so that facts left out are told best.",
    )
    split: Literal["continuous", "discontinuous"] = Field(
        "continuous",
        title="Aux carrefours / At junctions",
        description="Continu : sans saut aux carrefours ; discontinu : part égale à chaque voie. /"
        " continuous: no step at junctions; discontinuous: an equal part to each way.",
        json_schema_extra={
            "words": {
                "continuous": ["Continu", "Continuous"],
                "discontinuous": ["Discontinu", "Discontinuous"],
            }
        },
    )
    draws: int = Field(
        999,
        ge=99,
        le=9_999,
        title="Tirages / Draws",
        description="Tirages où les faits sont reposés également le long des rues. / Draws in which"
        " facts are laid anew, evenly along the streets.",
    )
    seed: int = Field(
        1, ge=0, le=2**32 - 1, title="Graine / Seed", description="Des tirages. / Of the draws."
    )
    share: float = Field(
        0.05,
        gt=0.0,
        le=0.5,
        title="Fausses découvertes / False discoveries",
        description="Part des tronçons dits qui peuvent être faux. / Share of the stretches told"
        " that may be false.",
    )


def chances(
    kernel: scipy.sparse.csr_array, counts: Floats, length: Floats, draws: int, seed: int
) -> tuple[Floats, Floats]:
    """Return z and p (one-sided) of each lixel's sum if facts lay evenly along the streets.

    p is the share of draws that reach as far, the observation among them, where ten or more do;
    elsewhere that of Pearson's type III with the exact mean, variance and skewness, and never more
    than the draws say: thousands of lixels at 5 % ask for probabilities no number of draws tells.
    """
    total = counts.sum()
    if total <= 0:
        return np.full(len(counts), np.nan), np.full(len(counts), np.nan)
    even = length / length.sum()
    observed = np.asarray(kernel @ counts, np.float64)
    mean, error, skew = tail_moments(kernel, even, float(total))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(error > 0, (observed - mean) / error, np.nan)

    def as_high(chance: np.random.Generator) -> Floats:
        laid = kernel @ chance.multinomial(int(total), even)
        return np.asarray(laid >= observed - 1e-9, np.float64)

    reached = draw(as_high, draws, seed).sum(axis=0)
    told = (1.0 + reached) / (1.0 + draws)
    far = np.minimum(told, pearson_tail(np.nan_to_num(z), skew))
    return z, np.where(np.isfinite(z), np.where(reached >= ENOUGH, told, far), np.nan)


def run(facts: pa.Table, params: NetworkDensityParameters, frame: Frame) -> Outcome:
    """Return each lixel with its density per kilometre and whether it is hot.

    z is told to the nearest half, p and q as the step they are not above, and the order follows
    what is told, as for ``hot_spots``.
    """
    network = LixelNetwork(frame.streets, lixel_m=params.lixel_m)
    found = read_on_streets(
        facts, frame, network, within_m=params.snap_m, worst_m=float(params.lixel_m)
    )
    counts, length = found.counts(), network.lixel_m
    width = float(params.bandwidth_m)
    how = ("donnée", "given")
    if width == 0.0:
        width = choose_network_bandwidth(network, counts, CANDIDATES, params.split)
        how = ("choisie par validation croisée", "chosen by cross-validation")
    kernel = network_kernel(network, width, params.split)
    z, p = chances(kernel, counts, length, params.draws, params.seed)
    q = false_discovery(p)
    hot = np.nan_to_num(q, nan=1.0) <= params.share
    notes = found.notes()
    notes.append(
        remark(
            "Largeur : {width:.0f} m ({how}). {hot} tronçons retenus sur {all}.",
            "Bandwidth: {width:.0f} m ({how}). {hot} stretches told of {all}.",
            width=width,
            how=how,
            hot=int(hot.sum()),
            all=len(network),
        )
    )
    table = _table(network, kernel, counts, (z, p, q, hot))
    return Outcome(table, len(found.points), tuple(notes))


def _table(
    network: LixelNetwork,
    kernel: scipy.sparse.csr_array,
    counts: Floats,
    judged: tuple[Floats, Floats, Floats, npt.NDArray[np.bool_]],
) -> pa.Table:
    z, p, q, hot = judged
    length = network.lixel_m
    km = length / 1000
    first = np.maximum(np.asarray(kernel @ counts, np.float64), 0.0)
    second = np.asarray(kernel.power(2) @ counts, np.float64)
    rests = np.divide(first**2, second, out=np.zeros_like(first), where=second > 0)
    density, error = first / km, np.sqrt(second) / km
    mean = counts.sum() / max(float(km.sum()), 1e-9)
    z_told, p_told, q_told = np.round(z * 2) / 2, at_most(p), at_most(q)
    edge = network.lixel_edge
    street = network.street[edge]
    from_m = network.offset[edge] + network.lixel_from
    to_m = network.offset[edge] + network.lixel_to
    lon, lat = network.lixel_places()
    order = np.lexsort((from_m, street, -np.nan_to_num(z_told), np.nan_to_num(q_told, nan=2.0)))
    courses = [network.course(*one).wkt for one in zip(street, from_m, to_m, strict=True)]
    ratio = density / mean if mean > 0 else np.full(len(density), np.nan)
    table = pa.table(
        {
            "street": pa.array([network.names[one] for one in street], pa.string()),
            "from_m": pa.array(np.round(from_m), pa.float64()),
            "to_m": pa.array(np.round(to_m), pa.float64()),
            "density": pa.array(density, pa.float64()),
            "low": pa.array(np.maximum(0.0, density - 1.96 * error), pa.float64()),
            "high": pa.array(density + 1.96 * error, pa.float64()),
            "ratio": pa.array(ratio, pa.float64(), from_pandas=True),
            "facts": pa.array(rests, pa.float64()),
            "kind_of_spot": pa.array(np.where(hot, "hot", "none").tolist(), pa.string()),
            "z": pa.array(z_told, pa.float64(), from_pandas=True),
            "p": pa.array(p_told, pa.float64(), from_pandas=True),
            "q": pa.array(q_told, pa.float64(), from_pandas=True),
            "lon": pa.array(np.round(lon, 6), pa.float64()),
            "lat": pa.array(np.round(lat, 6), pa.float64()),
            "course": pa.array(courses, pa.string()),
        }
    )
    return table.take(pa.array(order, pa.int64()))


ANALYSIS = Analysis(
    name="network_kde",
    question={
        "fr": "Le long de quelles voies les faits sont-ils denses, et où plus que le hasard ne les"
        " y mettrait ?",
        "en": "Along which streets are facts dense, and where more than chance would lay them?",
    },
    limits={
        "fr": "Une densité de faits signalés par kilomètre de voie connue : les voies que le"
        " répertoire de la ville n’a pas n’existent pas ici, et leurs faits sont rattachés à une"
        " autre ou à aucune. Une rue passante compte plus parce qu’on y passe plus (voir"
        " road_safety pour le trafic). Le hasard est une répartition égale au mètre de voie : une"
        " ville n’est jamais égale, donc les axes du centre ressortent presque toujours. Deux"
        " voies qui se croisent sur la carte se rencontrent, pont ou tunnel compris. Les faits"
        " sont comptés par tronçon, au milieu. La largeur décide de l’image. L’intervalle est celui"
        " du comptage seul et suppose des faits indépendants : un même incident signalé par deux"
        " sources compte deux fois. Les faits trouvés par une patrouille suivent les patrouilles."
        " z est donné au demi près, p et q au palier qu’ils ne dépassent pas.",
        "en": "A density of facts reported per kilometre of street known: streets the city's"
        " gazetteer lacks do not exist here, and their facts are laid on another or on none. A busy"
        " street counts more because more people pass (see road_safety for traffic). Chance is an"
        " even layout by metre of street: a city is never even, so the axes of the centre nearly"
        " always stand out. Two streets that cross on the map meet, bridges and tunnels too. Facts"
        " are counted by stretch, at its middle. The bandwidth decides the picture. The interval is"
        " that of counting alone and supposes independent facts: one incident told by two sources"
        " counts twice. Facts found by a patrol follow patrols. z is told to the nearest half, p"
        " and q as the step they are not above.",
    },
    reads=STREET_READS,
    parameters=NetworkDensityParameters,
    columns=(
        OutputColumn("street", "Voie", "Street", key=True),
        OutputColumn("from_m", "De", "From", "m", key=True),
        OutputColumn("to_m", "À", "To", "m", key=True),
        OutputColumn("density", "Densité", "Density", "faits/km"),
        OutputColumn("low", "Borne basse 95 %", "Low 95%", "faits/km"),
        OutputColumn("high", "Borne haute 95 %", "High 95%", "faits/km"),
        OutputColumn("ratio", "Densité / moyenne", "Density / mean"),
        OutputColumn("facts", "Faits sur lesquels elle repose", "Facts it rests on"),
        OutputColumn("kind_of_spot", "Classe", "Class", words=SPOTS),
        OutputColumn("z", "z (au demi)", "z (to the half)"),
        OutputColumn("p", "p (au plus)", "p (at most)"),
        OutputColumn("q", "q (fausses découvertes, au plus)", "q (false discoveries, at most)"),
        OutputColumn("lon", "Longitude", "Longitude", "°", key=True),
        OutputColumn("lat", "Latitude", "Latitude", "°", key=True),
        OutputColumn("course", "Tracé", "Course", key=True),
    ),
    run=run,
    count_column="facts",
    chart={
        "mark": {"type": "circle", "size": 14, "opacity": 0.9},
        "height": 420,
        "encoding": {
            "x": {"field": "lon", "type": "quantitative", "scale": {"zero": False}},
            "y": {"field": "lat", "type": "quantitative", "scale": {"zero": False}},
            "color": {"field": "density", "type": "quantitative"},
            "order": {"field": "density", "type": "quantitative"},
        },
    },
    reference="Okabe and Sugihara (2012), Spatial Analysis along Networks, 9; McSwiggan, Baddeley"
    " and Nair (2017), Scandinavian Journal of Statistics 44:324; Benjamini and Hochberg (1995),"
    " J. Royal Statistical Society B 57:289",
    geo_column="course",
    map_column="density",
)
