"""Jobs on time series."""
import dask.array as da
import numpy as np

from .common import BLOCK, load, one_thread_per_call, save


def toseries(source, out):
    save(load(source).rechunk((-1, BLOCK, BLOCK)), out)


def power(x):
    return (abs(x) ** 2).astype("f4")


def fft(source, out):
    save(power(da.fft.rfft(load(source), axis=0)), out)


def fft_float32(source, out):
    """scipy.fft keeps single precision, which NumPy's does not."""
    import scipy.fft
    rfft = da.fft.fft_wrap(scipy.fft.rfft, dtype="c8")
    save(power(rfft(load(source).astype("f4"), axis=0)), out)


def blog(source, out):
    save(power(da.fft.rfft(load(source).rechunk((-1, BLOCK, BLOCK)), axis=0)), out)


def detrend(source, out):
    from scipy import signal
    save(load(source).map_blocks(lambda block: signal.detrend(block, axis=0).astype("f4"), dtype="f4"), out)


def residual(block, order):
    n = len(block)
    basis = np.polynomial.legendre.legvander(np.linspace(-1, 1, n), order)
    series = block.reshape(n, -1).astype("f8")
    coefficients = np.linalg.lstsq(basis, series, rcond=None)[0]
    return (series - basis @ coefficients).astype("f4").reshape(block.shape)


def polynomial(source, out, order):
    one_thread_per_call()
    save(load(source).map_blocks(residual, int(order), dtype="f4"), out)


def dff(source, out, percentile):
    def change(block):
        baseline = np.percentile(block, float(percentile), axis=0)
        return ((block - baseline) / baseline).astype("f4")
    save(load(source).map_blocks(change, dtype="f4"), out)


def rolling_scipy(source, out, percentile, window):
    from scipy import ndimage

    def change(block):
        series = block.astype("f4")
        baseline = ndimage.percentile_filter(series, float(percentile), size=(int(window), 1, 1), mode="nearest")
        return (series - baseline) / baseline
    save(load(source).map_blocks(change, dtype="f4"), out)


def rolling_pandas(source, out, percentile, window):
    """pandas keeps the window in a skip list."""
    import pandas
    window = int(window)

    def change(block):
        n = len(block)
        series = block.reshape(n, -1).astype("f8")
        padded = np.pad(series, ((window // 2, window - window // 2 - 1), (0, 0)), mode="edge")
        baseline = pandas.DataFrame(padded).rolling(window).quantile(float(percentile) / 100).to_numpy()[window - 1:]
        return ((series - baseline) / baseline).astype("f4").reshape(block.shape)
    save(load(source).map_blocks(change, dtype="f4"), out)
