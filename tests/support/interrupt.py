"""interrupt.py SIGNAL MOMENT OUTPUT COMMAND...: runs COMMAND, sends it SIGNAL, prints its exit status as a shell would.

MOMENT: seconds after the start ("0.3s"), or the number of chunks that OUTPUT's journal must name ("5")."""

import pathlib
import signal
import subprocess
import sys
import time

name, moment, output, *command = sys.argv[1:]
journals = pathlib.Path(output, "__levin")


def chunks_done():
    try:
        return sum(file.read_text().count("\n") for file in journals.glob("journal.*"))
    except FileNotFoundError:
        return 0


def default_signals():  # a shell starts background commands with SIGINT ignored
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


start = time.monotonic()
run = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, preexec_fn=default_signals)
if moment.endswith("s"):
    try:
        run.wait(max(0, float(moment[:-1]) - (time.monotonic() - start)))
    except subprocess.TimeoutExpired:
        pass
else:
    while run.poll() is None and chunks_done() < int(moment):
        time.sleep(0.001)
if run.poll() is None:
    run.send_signal(getattr(signal, "SIG" + name))
code = run.wait()
print(code if code >= 0 else 128 - code)
