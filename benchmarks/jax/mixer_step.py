#!/usr/bin/env python3
"""One outer step of MixER in JAX, on the CPU: what `tessera bench ode` does, by other means.

  mixer_step.py --data FOLDER --published --json F      time the work as the paper's code does it
  mixer_step.py --data FOLDER --grouped --json F        the same work without what is not needed
  mixer_step.py --data FOLDER --grouped --check         compare loss, gradients and cross losses
  mixer_step.py --data SET --grouped --train 500 --log F   the published training protocol

FOLDER is what `tessera bench ode bench.export=FOLDER` writes, SET what `tessera export` writes.
"""

import argparse
import resource
import statistics
import sys
import time

import archive


def parse(words):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", required=True, help="folder of the exported arrays")
    program = parser.add_mutually_exclusive_group()
    for name in ("published", "grouped"):
        program.add_argument(f"--{name}", dest="program", action="store_const", const=name)
    parser.add_argument("--check", action="store_true", help="compare with the exported figures")
    parser.add_argument("--repeats", type=int, default=5, help="outer steps to time (default 5)")
    parser.add_argument("--json", help="file for the seconds of each outer step")
    parser.add_argument("--train", type=int, metavar="N", help="train for N outer steps")
    parser.add_argument("--schedule", type=int, help="steps of the rate's schedule (default: N)")
    parser.add_argument("--log", help="CSV file of --train, a row every 10 outer steps")
    parser.add_argument("--resume", action="store_true", help="go on from the log's checkpoint")
    parser.add_argument("--shuffle", action="store_true",
                        help="permute environments; as published they stand family by family")  # fmt: skip
    parser.add_argument("--seed", type=int, default=0)
    for name, size in (("experts", 10), ("width", 64), ("depth", 3), ("rank", 4)):
        parser.add_argument(f"--{name}", type=int, default=size, help="of --train")
    options = parser.parse_args(words)
    options.program = options.program or "grouped"
    if options.train is not None and not options.log:
        parser.error("--train needs --log FILE")
    if options.repeats < 1 or (options.train is not None and options.train < 1):
        parser.error("--repeats and --train must be at least 1")
    return options


def exported(folder, precision):
    """Data and state of an exported iteration as the programs take them."""
    import jax.numpy as jnp

    import experts as geps
    import training

    step = archive.step(folder, precision)
    dtype = jnp.float64 if precision == "float64" else jnp.float32
    experts = geps.from_rows(jnp.asarray(step["rows"], dtype), *archive.shape_of(step))
    data = training.as_data(step["times"], step["states"], dtype)
    return step, data, experts, jnp.asarray(step["contexts"], dtype)


def relative(found, wanted):
    """Largest difference over the largest value wanted."""
    import numpy as np

    return float(np.max(np.abs(np.asarray(found, float) - wanted)) / np.max(np.abs(wanted)))


def differences(options, folder, precision):
    """Relative differences of loss, gradients and cross losses."""
    import jax
    import jax.numpy as jnp

    import experts as geps
    import outer_step

    step, data, experts, contexts = exported(folder, precision)
    rtol, atol = (float(v) for v in step["tolerance"])
    o = outer_step.Options(program=options.program, rtol=rtol, atol=atol)
    chosen = jnp.asarray(step["contributors"], int)
    expert = jnp.asarray(step["expert"], int)

    @jax.jit
    def objective(experts, contexts):
        return outer_step.batch_objective(o, data, experts, contexts, chosen, expert)

    (loss, _), (of_experts, of_contexts) = jax.jit(
        jax.value_and_grad(objective, argnums=(0, 1), has_aux=True)
    )(experts, contexts)
    cross = jax.jit(lambda e, c: outer_step.cross_losses(o, data, e, c))(experts, contexts)
    return {
        "loss": relative(loss, step["loss"]),
        "expert_gradient": relative(geps.to_rows(of_experts), step["row_gradient"]),
        "context_gradient": relative(of_contexts, step["context_gradient"]),
        "cross_losses": relative(cross, step["cross"]),
    }


def check(options):
    """float64 at a tight tolerance to 1e-6; float32 at the training tolerance: loss to 2e-3."""
    import jax

    jax.config.update("jax_enable_x64", True)
    content, good = {}, True
    for precision in ("float64", "float32"):
        found = differences(options, options.data, precision)
        content[precision] = found
        for name, value in found.items():
            limit = 1e-6 if precision == "float64" else 2e-3 if name == "loss" else None
            passed = limit is None or value <= limit
            good = good and passed
            verdict = "" if limit is None else f"  ({'ok' if passed else 'TOO LARGE'}, {limit:g})"
            print(f"{options.program} {precision} {name:<17}{value:.2e}{verdict}")
    archive.write_json(options.json, content)
    return 0 if good else 1


def timed_state(options):
    """The compiled outer step and its first state, from the exported iteration."""
    import jax.numpy as jnp

    import gate as gates
    import outer_step

    step, data, experts, contexts = exported(options.data, "float32")
    o = outer_step.Options(
        program=options.program, contributors=len(step["contributors"]), outer_steps=1000000
    )
    count = len(step["rows"])
    gate = {
        "weights": gates.fit(contexts, jnp.asarray(step["route"], int), count, 0.0),
        "centroids": jnp.asarray(step["centroids"], jnp.float32),
        "started": jnp.array(True),
        "aborted": jnp.int32(0),
    }
    state = outer_step.initial_state(o, experts, contexts, gate, options.seed)
    return outer_step.make_outer_step(o, data), state


def bench(options):
    import jax

    step, state = timed_state(options)
    begin = time.perf_counter()
    step = step.lower(state).compile()
    state, losses = step(state)
    jax.block_until_ready(losses)
    first = time.perf_counter() - begin
    seconds, means = [], []
    for _ in range(options.repeats):
        begin = time.perf_counter()
        state, losses = step(state)
        jax.block_until_ready(state)
        seconds.append(time.perf_counter() - begin)
        means.append(float(losses.mean()))
    content = {
        "program": options.program,
        "seconds_per_outer_step": statistics.median(seconds),
        "seconds": seconds,
        "first_call_seconds": first,
        "loss": means,
        "gate_aborts": int(state["gate"]["aborted"]),
        "skipped_updates": int(state["skipped"]),
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    archive.write_json(options.json, content)
    print(f"{options.program}: {content['seconds_per_outer_step']:.3f} s per outer step "
          f"({min(seconds):.3f} to {max(seconds):.3f}), first call {first:.0f} s")  # fmt: skip
    return 0


def main(words):
    options = parse(words)
    try:
        if options.train is not None:
            import training

            training.train(options)
            return 0
        return check(options) if options.check else bench(options)
    except archive.InputError as problem:
        print(f"mixer_step.py: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
