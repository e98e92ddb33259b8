"""Whether the model is still right: for whom, at which threshold, and on the clients of today."""
