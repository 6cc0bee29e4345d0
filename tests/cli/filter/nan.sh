# NaN is left out of the window, or with --nan propagate makes everything near it NaN: against a naive loop.
need_python numpy scipy
"$PY" "$CASES/naive_nan.py"
