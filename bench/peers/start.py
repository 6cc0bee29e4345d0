"""Imports what the dask jobs import and ends: the share of a run that is Python's start."""


def nothing(*_):
    import scipy.ndimage  # noqa: F401
    import bench.peers.common  # noqa: F401
