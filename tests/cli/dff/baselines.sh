# Every baseline against NumPy and SciPy, with --offset, --ratio and --baseline-out.
need_shared
need_python numpy scipy
"$PY" "$CASES/baselines.py"
