"""The types of the JSON answers.

`core.api.responses` builds values of these types, mypy checks them, and `core.api.openapi` turns the types into the
schemas of `/openapi.json`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from msgspec import Meta

from core.records import ValueOrigin

Solvency = Annotated[float, Meta(ge=0, le=1, description="1 − P(default).")]
Threshold = Annotated[float, Meta(ge=0, le=1, description="On the scale of P(default).")]
ByClient = Meta(description="By client: client n°SK_ID_CURR.")
Origin = Annotated[str, Meta(extra_json_schema={"enum": [origin.name.lower() for origin in ValueOrigin]})]


class Features(TypedDict):
    """`/features`: the model's columns, in the model's order."""

    columns: list[str]


class BestThreshold(TypedDict):
    """`/best_threshold`."""

    best_threshold: Threshold


class Health(TypedDict):
    """`/health`."""

    status: Literal["ready"]
    bundle: Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="Digest of the model.")]
    version: str


Probability = TypedDict("Probability", {"niveau de solvabilité": Solvency, "seuil": Threshold})
"""One client's answer of `/predict_proba`; the two numbers are on opposite scales."""

Data = TypedDict("Data", {"données à traiter": Any})
"""`/data`: the body as it was read."""


class AverageClient(TypedDict):
    """The starting point of an explanation."""

    log_odds: float
    solvency: Annotated[float, Meta(ge=0, le=1, description="Of the average client.")]


class ColumnContribution(TypedDict):
    """What one column adds to one client's answer."""

    column: str
    log_odds: Annotated[float, Meta(description="Of default: a positive one raises the risk.")]
    points: Annotated[float, Meta(description="Percentage points of solvency: a positive one raises it.")]
    value: float | str | None
    state: Origin
    impossible: NotRequired[Annotated[Literal[True], Meta(description="The value cannot be right.")]]


class ReasonCodes(TypedDict):
    """The columns with the largest contributions on each side, largest first."""

    raising: list[str]
    lowering: list[str]


class ClientExplanation(Probability):
    """One client's answer of `/explain`."""

    base: AverageClient
    log_odds: Annotated[float, Meta(description="Of default: base and contributions add up to it.")]
    contributions: list[ColumnContribution]
    reason_codes: ReasonCodes


class ColumnList(TypedDict):
    """The first columns that a note names, and how many there are in all."""

    columns: list[str]
    total: int


class ImpossibleClient(TypedDict):
    """One client with values that cannot be right."""

    client: Annotated[str, Meta(description="client n°SK_ID_CURR")]
    columns: list[str]
    message: Annotated[str, Meta(description="Between what the values must lie, or what they contradict.")]


class ImpossibleValues(TypedDict):
    """The first clients with values that cannot be right, and how many there are in all."""

    clients: list[ImpossibleClient]
    total: int


class Notes(TypedDict, total=False):
    """What an answer says beside the clients' results; each name only where there is something to say."""

    to_review: Annotated[
        list[str],
        Meta(
            description="Clients near the threshold, with too little information, or with a value that cannot be right."
        ),
    ]
    ignored: ColumnList
    derived: ColumnList
    assumed: ColumnList
    never_seen: Annotated[ColumnList, Meta(description="With a category that training never held.")]
    outside: Annotated[
        ColumnList, Meta(description="With a number beyond almost all of training; no reason by itself.")
    ]
    impossible: ImpossibleValues
    read_as_missing: Annotated[int, Meta(ge=1, description="Cells such as NA or NULL, which count as missing.")]


class Predictions(Notes):
    """`/predict`."""

    prediction: Annotated[dict[str, Literal["Yes", "No"]], ByClient]


class Probabilities(Notes):
    """`/predict_proba`."""

    prediction: Annotated[dict[str, Probability], ByClient]


class Explanations(Notes):
    """`/explain`."""

    explanation: Annotated[dict[str, ClientExplanation], ByClient]


class RefusedCell(TypedDict):
    """One thing that is wrong with a request."""

    row: Annotated[int | None, Meta(description="The first client is 1.")]
    column: str | None
    message: str


class Refusal(TypedDict):
    """The answer to a request that is refused."""

    error: str
    code: str
    errors: list[RefusedCell]
    total: int
