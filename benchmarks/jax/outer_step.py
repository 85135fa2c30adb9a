"""One outer step of MixER's proximal alternation: context steps, then expert steps, a full gate
update after each (MixER, sections 3 and 4), as one compiled program."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import optax

import gate as gates
import grouped
import published


@dataclass(frozen=True)
class Options:
    program: str = "grouped"  # or "published"
    rtol: float = 1e-3
    atol: float = 1e-6
    contributors: int = 16
    inner_context: int = 12
    inner_model: int = 12
    proximal: float = 10.0  # divided by the number of parameters, as published
    rate: float = 1e-3
    context_rate: float = 1e-3
    outer_steps: int = 500  # the rate falls to .4 of itself at a third and two thirds of these
    rate_factor: float = 0.4


def work(options):
    """The two functions that the programs differ in: losses of a batch, and cross losses."""
    return {"grouped": grouped, "published": published}[options.program]


def optimizers(options):
    """(of experts, of contexts): AdaBelief as published."""
    updates = options.outer_steps * options.inner_model
    schedule = optax.piecewise_constant_schedule(
        options.rate, {updates // 3: options.rate_factor, 2 * updates // 3: options.rate_factor}
    )
    belief = {"eps": 1e-16, "eps_root": 1e-16}
    return optax.adabelief(schedule, **belief), optax.adabelief(options.context_rate, **belief)


def initial_state(options, experts, contexts, gate, seed):
    """All that changes in training. contexts (environment, component)."""
    of_model, of_contexts = optimizers(options)
    return {
        "experts": experts,
        "contexts": contexts,
        "gate": gate,
        "model_moments": of_model.init(experts),
        "context_moments": of_contexts.init(contexts),
        "skipped": jnp.int32(0),
        "key": jax.random.key(seed),
    }


def select(key, contexts, count):
    """One environment drawn uniformly, then the nearest in mean |Δξ|, ties by index."""
    seed = jax.random.randint(key, (), 0, contexts.shape[0])
    distance = jnp.mean(jnp.abs(contexts - contexts[seed]), axis=1)
    return jnp.argsort(distance, stable=True)[:count]


def split(contexts, experts):
    """(environment, component) to (environment, expert, rank)."""
    return contexts.reshape(contexts.shape[0], experts, -1)


def proximal(options, tree, anchor):
    """β/2 |x − x_old|² / N."""
    leaves = jax.tree.leaves(jax.tree.map(lambda a, b: jnp.sum((a - b) ** 2), tree, anchor))
    size = sum(leaf.size for leaf in jax.tree.leaves(tree))
    return 0.5 * options.proximal / size * sum(leaves)


def batch_objective(options, data, experts, contexts, chosen, expert):
    """Mean loss of the contributors `chosen`, each under its own expert; those that could not be
    solved add nothing."""
    slices = split(contexts[chosen], experts.shift.shape[0])
    batch = [data[name][chosen] for name in ("starts", "times", "truth")]
    losses, ok = work(options).batch_losses(
        experts, slices, expert, *batch, options.rtol, options.atol
    )
    return jnp.mean(jnp.where(ok, losses, 0)), ok


def cross_losses(options, data, experts, contexts):
    slices = split(contexts, experts.shift.shape[0])
    batch = [data[name] for name in ("starts", "times", "truth")]
    return work(options).cross_losses(experts, slices, *batch, options.rtol, options.atol)


def apply(optimizer, gradient, moments, values, usable):
    """One step of an optimiser, or none where the gradient cannot be used."""
    usable = usable & jnp.all(
        jnp.stack([jnp.all(jnp.isfinite(g)) for g in jax.tree.leaves(gradient)])
    )
    updates, after = optimizer.update(gradient, moments, values)
    keep = lambda new, old: jax.tree.map(lambda a, b: jnp.where(usable, a, b), new, old)  # noqa: E731
    return keep(optax.apply_updates(values, updates), values), keep(after, moments), ~usable


def make_outer_step(options, data):
    """A compiled function state -> state, losses (inner step). The old state is given up."""
    of_model, of_contexts = optimizers(options)

    def gradient_step(state, key, anchor, phase):
        chosen = select(key, state["contexts"], options.contributors)
        expert = gates.routes(state["gate"], state["contexts"])[chosen]
        moments = phase[: -len("s")] if phase == "contexts" else "model"

        def objective(values):
            both = {"experts": state["experts"], "contexts": state["contexts"], phase: values}
            loss, ok = batch_objective(
                options, data, both["experts"], both["contexts"], chosen, expert
            )
            return loss + proximal(options, values, anchor), (loss, ok)

        gradient, (loss, ok) = jax.grad(objective, has_aux=True)(state[phase])
        optimizer = of_contexts if phase == "contexts" else of_model
        values, after, skipped = apply(
            optimizer, gradient, state[moments + "_moments"], state[phase], 2 * ok.sum() >= ok.size
        )
        return state | {
            phase: values,
            moments + "_moments": after,
            "skipped": state["skipped"] + skipped,
        }, loss

    def inner(phase, anchor):
        def step(state, key):
            selection, fitting = jax.random.split(key)
            state, loss = gradient_step(state, selection, anchor, phase)
            cross = cross_losses(options, data, state["experts"], state["contexts"])
            fitted = gates.update(state["gate"], cross, state["contexts"], fitting)
            return state | {"gate": fitted}, loss

        return step

    def outer(state):
        key, context_key, model_key = jax.random.split(state["key"], 3)
        state = state | {"key": key}
        anchors = {"contexts": state["contexts"], "experts": state["experts"]}
        losses = []
        for phase, count, seed in (
            ("contexts", options.inner_context, context_key),
            ("experts", options.inner_model, model_key),
        ):
            keys = jax.random.split(seed, count)
            state, loss = jax.lax.scan(inner(phase, anchors[phase]), state, keys)
            losses.append(loss)
        return state, jnp.concatenate(losses)

    return jax.jit(outer, donate_argnums=0)
