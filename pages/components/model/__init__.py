"""The model before those who answer for it: how good, for whom, where the threshold lies, whether it still holds."""
