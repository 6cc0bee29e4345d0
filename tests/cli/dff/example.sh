# The numerical contract's example: percentile 20 and mean of 1, 2, 3, 4, 5 with Thunder's offset of 0.1.
npy in.npy 'np.arange(1, 6, dtype=np.uint8).reshape(5, 1, 1)'
levin-dff -q in.npy percentile.npy --axes tyx --baseline percentile:20 --offset 0.1
levin-dff -q in.npy mean.npy --axes tyx --baseline mean --offset 0.1
"$PY" - <<'END'
import numpy as np
for name, expected in (("percentile", [-0.42105, 0.10526, 0.63157, 1.15789, 1.68421]),
                       ("mean", [-0.64516, -0.32258, 0, 0.32258, 0.64516])):
    np.testing.assert_allclose(np.load(name + ".npy").ravel(), expected, atol=1e-5, err_msg=name)
END
