# Every --value, one- and two-sided, against numpy.fft.
need_shared
need_python numpy
"$PY" "$CASES/numpy_fft.py"
