# linear and constant equal scipy.signal.detrend; a polynomial equals a Legendre least-squares fit in float64.
need_shared
need_python numpy scipy
"$PY" "$CASES/scipy_detrend.py"
