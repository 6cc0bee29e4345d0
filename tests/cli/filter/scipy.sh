# Every kind in every border mode equals scipy.ndimage: planes, volumes, along t, even sizes, windows larger than the
# array, chunks smaller than the window.
need_shared
need_python numpy scipy
"$PY" "$CASES/scipy_ndimage.py"
