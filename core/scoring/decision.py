"""The decision rule: compares P(default) with the threshold and lists the reasons for a review."""

from __future__ import annotations

from functools import lru_cache

from core.records import Decision, ReviewReason, Verdict

LEAST_INFORMATION = 0.5


def decide(
    *, probability: float, threshold: float, review_band: float, information: float, impossible: bool = False
) -> Decision:
    """The recommendation for one client.

    The client is refused exactly if probability > threshold: with a threshold of 0.16, 0.15 and 0.16 are accepted and
    0.17 is refused. The verdict is "to review" if the probability lies in [threshold − review_band, threshold +
    review_band], both ends included; if `information` is below 0.5; or if a value is impossible.

    Parameters
    ----------
    probability, threshold: P(default), between 0 and 1.
    review_band: half the width of the review band, in P(default).
    information: share of the model's total importance that the client's file holds, from 0 to 1.
    impossible: the client's file holds an impossible value.
    """
    low, high = band(threshold=threshold, review_band=review_band)
    reasons = []
    if low <= probability <= high:
        reasons.append(ReviewReason.IN_BAND)
    if information < LEAST_INFORMATION:
        reasons.append(ReviewReason.TOO_LITTLE_KNOWN)
    if impossible:
        reasons.append(ReviewReason.IMPOSSIBLE_VALUE)
    refused = probability > threshold
    verdict = Verdict.UNFAVOURABLE if refused else Verdict.FAVOURABLE
    return Decision(
        probability=probability,
        threshold=threshold,
        refused=refused,
        verdict=Verdict.TO_REVIEW if reasons else verdict,
        why_review=tuple(reasons),
    )


@lru_cache(maxsize=16)
def band(*, threshold: float, review_band: float) -> tuple[float, float]:
    """Lower and upper end of the review band, in P(default).

    Rounded to 12 decimals, so that 0.16 ± 0.02 is exactly 0.14 to 0.18.
    """
    return round(threshold - review_band, 12), round(threshold + review_band, 12)
