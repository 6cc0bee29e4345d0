# Every statistic over every kind of axes against NumPy: real data, and floats with NaN, infinities left out.
need_shared
need_python numpy
"$PY" "$CASES/statistics.py"
