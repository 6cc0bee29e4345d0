# From the same initial centroids the labels are scikit-learn's, and so are inertia and centroids.
need_shared
need_python numpy sklearn
"$PY" "$CASES/sklearn_kmeans.py"
