"""Jobs on frames and volumes."""
import numpy as np

from .common import load, save


def per_frame(function, block):
    return np.stack([function(frame) for frame in block])


def median(source, out, size):
    from scipy import ndimage
    x, size = load(source), int(size)
    save(x.map_blocks(ndimage.median_filter, size=(1, size, size), dtype=x.dtype), out)


def median_opencv(source, out, size):
    import cv2
    cv2.setNumThreads(1)
    x, size = load(source), int(size)
    save(x.map_blocks(lambda block: per_frame(lambda frame: cv2.medianBlur(frame, size), block), dtype=x.dtype), out)


def gaussian(source, out, sigma):
    from scipy import ndimage
    x, sigma = load(source).astype("f4"), float(sigma)
    save(x.map_blocks(ndimage.gaussian_filter, sigma=(0, sigma, sigma), dtype="f4"), out)


def gaussian_opencv(source, out, sigma):
    import cv2
    cv2.setNumThreads(1)
    x, sigma = load(source).astype("f4"), float(sigma)
    width = 2 * int(4 * sigma + 0.5) + 1
    smooth = lambda frame: cv2.GaussianBlur(frame, (width, width), sigma, borderType=cv2.BORDER_REFLECT)  # noqa: E731
    save(x.map_blocks(lambda block: per_frame(smooth, block), dtype="f4"), out)


def median3d(source, out, size):
    from scipy import ndimage
    x, size = load(source), int(size)
    save(x.map_overlap(ndimage.median_filter, depth=size // 2, boundary="reflect", size=size, dtype=x.dtype), out)


def gaussian3d(source, out, sigma):
    from scipy import ndimage
    x, sigma = load(source).astype("f4"), float(sigma)
    save(x.map_overlap(ndimage.gaussian_filter, depth=int(4 * sigma + 0.5), boundary="reflect", sigma=sigma, dtype="f4"), out)
