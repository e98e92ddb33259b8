"""The bundle on disk and the estimator in it: the only package that knows a model library."""
