# Thunder's folders, series and images, written and read: the folder, its conf.json, or the data file beside it.
npy a.npy 'rng.integers(0, 999, (6, 3, 4, 5)).astype("i2")'
levin-ingest -q a.npy a.zarr --axes tzyx
for form in series images; do
    expect_exit 0 levin-export a.zarr "thunder-$form:$form"
    [ -s "$form/conf.json" ] || fail "no conf.json"
    levin-ingest -q "$form" "$form.zarr"
    same_values a.zarr "$form.zarr"
    levin-ingest -q "$form/conf.json" "$form-conf.zarr"
    same_values a.zarr "$form-conf.zarr"
    expect_error 1 "$form exists.*--force" levin-export a.zarr "thunder-$form:$form"
    expect_exit 0 levin-export a.zarr "thunder-$form:$form" --force
done
"$PY" -c "
import glob, json, numpy as np
a, conf = np.load('a.npy'), json.load(open('series/conf.json'))
assert conf['valuetype'] == 'int16', conf
file, = [f for f in glob.glob('series/*') if f.endswith('.bin')]
nkeys = conf.get('nkeys', 0)
records = np.fromfile(file, np.dtype([('key', '<i2', nkeys), ('samples', '<i2', 6)]))
assert len(records) == 60
assert nkeys == 3 and conf['dims'] == [4, 5, 3], conf
y, x, z = records['key'].T
assert np.array_equal(records['samples'], a[:, z, y, x].T)"
# A conf.json that lies.
sed 's/"int16"/"int17"/' series/conf.json >conf && cp conf series/conf.json
expect_error 1 'conf.json.*int17' levin-ingest series out.zarr
echo '{"valuetype": ' >series/conf.json
expect_error 1 'series/conf.json' levin-ingest series out.zarr
truncate -s -3 "$(echo series/*.bin)"
levin-export -q a.zarr thunder-series:again
cp again/conf.json series/
expect_error 1 'series' levin-ingest series out.zarr
rm again/*.bin
expect_error 1 'again' levin-ingest again out.zarr
