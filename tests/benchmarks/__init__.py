"""The measurements: rsnb beside its nearest peer, JupySQL, on the same machine in the same run.

`make bench` (`python tests/benchmarks [FIGURE ...]`) makes the peer's environment once, runs every
figure, prints a table and writes it to `.rsnb/bench.json`. No test asserts a time.

To add a figure, put a file into `figures/`; it is found by its name there. It holds:

- `ROUNDS`: how often each side is measured; every time in a fresh process, ours and the peer's in turn;
- `measure(side, folder)`: runs in that process, in the side's environment ("ours" or "peer"), and returns
  named numbers: seconds, bytes, counts. The modules of the other side are not there to import.
- `rows(ours, peers)`: the table's rows, from the medians of those numbers over the rounds;
- `prepare(folder)`, if need be: makes files that `measure` reads, once, in our environment;
- `around(folder)`, if need be: a context, such as a server, that is there while it is measured;
- `SIDES`, where there are others than ours and the peer's: the environment of each; `rows` takes their numbers in turn.

All imports of what only one side has stand inside functions.
"""
