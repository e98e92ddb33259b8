"""P(default) against the threshold: the verdict, why a client is to review, and the distance to the line."""

from __future__ import annotations

from functools import lru_cache

from core.records import Decision, ReviewReason, Verdict

LEAST_INFORMATION = 0.5


def decide(
    *, probability: float, threshold: float, review_band: float, information: float, impossible: bool = False
) -> Decision:
    """What is recommended for one client.

    probability and threshold are P(default), higher means riskier. Refused exactly when probability is
    greater than threshold; at equality accepted. With a threshold of 0.16: 0.15 and 0.16 are accepted,
    0.17 is refused. To review when the probability lies in [threshold − review_band, threshold +
    review_band], both ends included, when less than half of the model's information is there, or when a value of the
    client cannot be right (`impossible`), whatever the number.
    """
    low, high = band(threshold=threshold, review_band=review_band)
    why = []
    if low <= probability <= high:
        why.append(ReviewReason.IN_BAND)
    if information < LEAST_INFORMATION:
        why.append(ReviewReason.TOO_LITTLE_KNOWN)
    if impossible:
        why.append(ReviewReason.IMPOSSIBLE_VALUE)
    refused = probability > threshold
    verdict = Verdict.UNFAVOURABLE if refused else Verdict.FAVOURABLE
    return Decision(
        probability=probability,
        threshold=threshold,
        refused=refused,
        verdict=Verdict.TO_REVIEW if why else verdict,
        why_review=tuple(why),
    )


@lru_cache(maxsize=16)
def band(*, threshold: float, review_band: float) -> tuple[float, float]:
    """Both ends of the band of P(default) in which a client is to review.

    Rounded to 12 decimals, so that the ends are the numbers a person writes: 0.16 ± 0.02 is 0.14 to 0.18.
    """
    return round(threshold - review_band, 12), round(threshold + review_band, 12)
