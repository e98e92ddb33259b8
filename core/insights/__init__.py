"""One client explained: reasons, comparison, importance and completeness."""
