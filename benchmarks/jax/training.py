"""The published training protocol on a set of `tessera export`, with a log of test errors."""

import csv
import sys
import time
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

import archive
import experts as geps
import gate as gates
import grouped
import outer_step

COLUMNS = ("step", "seconds", "loss", "test_rel_l2_median", "test_rel_l2_mean", "test_mse_mean",
           "test_mse_median", "purity", "gate_aborts", "skipped")  # fmt: skip
SKIP, SHARE, TEST_EVERY = 5, 0.6, 10


def published_windows(times, states, rng):
    """Every fifth stored point; of the L kept, one window of at least 60 % for each environment,
    its end left out, resampled linearly to L equispaced times."""
    times, states = times[:, ::SKIP], states[:, :, ::SKIP]
    kept = times.shape[1]
    least = int(np.floor(SHARE * kept))
    cut_times, cut_states = np.empty_like(times), np.empty_like(states)
    for e, grid in enumerate(times):
        begin = rng.integers(0, kept - least)
        end = rng.integers(begin + least, kept)
        cut_times[e] = np.linspace(grid[begin], grid[end - 1], kept)
        for j in range(states.shape[1]):
            for i in range(states.shape[3]):
                cut_states[e, j, :, i] = np.interp(cut_times[e], grid, states[e, j, :, i])
    return cut_times, cut_states


def as_data(times, states, dtype):
    """What the programs take; times start at zero, where float is finest (fields are
    autonomous)."""
    relative = times - times[:, :1]
    return {
        "starts": jnp.asarray(states[:, :, 0], dtype),
        "times": jnp.asarray(relative, dtype),
        "truth": jnp.asarray(states, dtype),
    }


def initial_state(options, rng, environments, experts, width, depth, rank, seed):
    """Contexts zero, equal experts, a random gate that sends everything to one of them."""
    rows = geps.initial_rows(rng, experts, 2, width, depth, rank)
    components = experts * rank
    bound = 1 / np.sqrt(components + 1)
    gate = {
        "weights": jnp.asarray(rng.uniform(-bound, bound, (components + 1, experts)), jnp.float32),
        "centroids": jnp.zeros((experts, components), jnp.float32),
        "started": jnp.array(False),
        "aborted": jnp.int32(0),
    }
    return outer_step.initial_state(
        options,
        geps.from_rows(jnp.asarray(rows, jnp.float32), 2, width, depth, rank),
        jnp.zeros((environments, components), jnp.float32),
        gate,
        seed,
    )


def make_test(options, times, states):
    """A function state -> (mse, rel_l2) of each environment on all stored times of the test
    starts (definitions: README of the project). A trajectory that fails is scored as zero."""
    data = as_data(times, states, jnp.float32)

    @jax.jit
    def predict(experts, contexts, gate):
        expert = gates.routes(gate, contexts)
        slices = outer_step.split(contexts, experts.shift.shape[0])
        own = jnp.take_along_axis(slices, expert[:, None, None], axis=1)[:, 0]
        found, ok = grouped.predict(
            experts, own, expert, data["starts"], data["times"], options.rtol, options.atol
        )
        return found, ok, expert

    def test(state):
        found, ok, expert = predict(state["experts"], state["contexts"], state["gate"])
        found, ok = np.asarray(found, np.float64), np.asarray(ok)
        ok = ok & np.isfinite(found).all(axis=(2, 3))
        found = np.where(ok[:, :, None, None], found, 0)
        squares = (found - states) ** 2
        size = np.maximum(np.abs(states), 1e-6) ** 2
        relative = squares.sum(axis=3) / size.sum(axis=3)
        return squares.mean(axis=(1, 2, 3)), relative.mean(axis=(1, 2)), np.asarray(expert)

    return test


def purity(family, expert):
    """Share of environments on the pairs of the best one-to-one pairing of families and
    experts."""
    from scipy.optimize import linear_sum_assignment

    table = np.zeros((family.max() + 1, max(expert.max(), family.max()) + 1))
    np.add.at(table, (family, expert), 1)
    return table[linear_sum_assignment(-table)].sum() / len(family)


def measure(test, state, family):
    mse, relative, expert = test(state)
    return {
        "test_rel_l2_median": float(np.median(relative)),
        "test_rel_l2_mean": float(relative.mean()),
        "test_mse_mean": float(mse.mean()),
        "test_mse_median": float(np.median(mse)),
        "purity": float(purity(family, expert)),
        "gate_aborts": int(state["gate"]["aborted"]),
        "skipped": int(state["skipped"]),
    }


class Log:
    """CSV rows, flushed one by one; takes up where a checkpoint says it stopped."""

    def __init__(self, file, keep):
        rows = []
        if keep and Path(file).exists():
            with open(file, newline="", encoding="utf-8") as old:
                rows = [row for row in csv.DictReader(old) if int(row["step"]) <= keep]
        self.file = open(file, "w", newline="", encoding="utf-8")  # noqa: SIM115
        self.writer = csv.DictWriter(self.file, COLUMNS, lineterminator="\n")
        self.writer.writeheader()
        self.writer.writerows(rows)

    def add(self, row):
        texts = {k: f"{v:.6g}" if isinstance(v, float) else v for k, v in row.items()}
        self.writer.writerow(texts)
        self.file.flush()


def save(file, steps, seconds, state):
    """A checkpoint, whole and then renamed."""
    plain = state | {"key": jax.random.key_data(state["key"])}
    leaves = {f"leaf{i}": np.asarray(leaf) for i, leaf in enumerate(jax.tree.leaves(plain))}
    spare = Path(f"{file}.tmp")
    with open(spare, "wb") as archive_file:
        np.savez(archive_file, steps=steps, seconds=seconds, **leaves)
    spare.rename(file)


def restore(file, state):
    """(steps, seconds, state) of a checkpoint that `save` wrote; `state` gives the structure."""
    kept = archive.load(file)
    plain = state | {"key": jax.random.key_data(state["key"])}
    leaves = [jnp.asarray(kept[f"leaf{i}"]) for i in range(len(jax.tree.leaves(plain)))]
    found = jax.tree.unflatten(jax.tree.structure(plain), leaves)
    found["key"] = jax.random.wrap_key_data(found["key"])
    return int(kept["steps"]), float(kept["seconds"]), found


def train(o):
    """`--train`: o holds the words of the command line."""
    options = outer_step.Options(program=o.program, outer_steps=o.schedule or o.train)
    rng = np.random.default_rng(o.seed)
    times, states, family = archive.split(o.data, "train")
    test_times, test_states, _ = archive.split(o.data, "test")
    if o.shuffle:
        order = rng.permutation(len(states))
        times, states, family = times[order], states[order], family[order]
        test_times, test_states = test_times[order], test_states[order]
    data = as_data(*published_windows(times, states, rng), jnp.float32)
    state = initial_state(
        options, rng, len(states), o.experts, o.width, o.depth, o.rank, o.seed
    )
    checkpoint = Path(f"{o.log}.state.npz")
    done, seconds = 0, 0.0
    if o.resume and checkpoint.exists():
        done, seconds, state = restore(checkpoint, state)
    test = make_test(options, test_times, test_states)
    log = Log(o.log, done)
    step = outer_step.make_outer_step(options, data).lower(state).compile()
    if done == 0:
        log.add({"step": 0, "seconds": 0.0} | measure(test, state, family))
    while done < o.train:
        begin = time.perf_counter()
        state, losses = step(state)
        losses = np.asarray(losses)
        seconds += time.perf_counter() - begin
        done += 1
        if done % TEST_EVERY == 0 or done == o.train:
            row = {"step": done, "seconds": seconds, "loss": float(losses.mean())}
            row |= measure(test, state, family)
            log.add(row)
            save(checkpoint, done, seconds, state)
            print(f"outer step {done}: {seconds:.1f} s, loss {losses.mean():.3g}, test rel_l2 "
                  f"median {row['test_rel_l2_median']:.3g}", file=sys.stderr, flush=True)  # fmt: skip
