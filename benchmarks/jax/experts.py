"""GEPS experts as a stack: every array leads with the expert axis.

A layer is (W + A diag(z) B) x + b + C z with z = context + shift, followed on hidden layers by
y sigmoid((beta + D z) y) (MixER, section 3; GEPS, NeurIPS 2024).
"""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np


class Layer(eqx.Module):
    """One layer of all experts; beta and d are None on the last."""

    w: jax.Array  # (expert, out, in)
    b: jax.Array  # (expert, out)
    a: jax.Array  # (expert, out, rank)
    bt: jax.Array  # (expert, rank, in)
    c: jax.Array  # (expert, out, rank)
    beta: jax.Array | None  # (expert, 1)
    d: jax.Array | None  # (expert, 1, rank)


class Experts(eqx.Module):
    layers: tuple
    shift: jax.Array  # (expert)


def layout(state, width, depth, rank):
    """(layer, name, shape) of every block of an expert's row, in the order of the program's."""
    blocks = []
    for n in range(depth):
        inputs = state if n == 0 else width
        outputs = width if n + 1 < depth else state
        blocks += [
            (n, "w", (outputs, inputs)),
            (n, "b", (outputs,)),
            (n, "a", (outputs, rank)),
            (n, "bt", (rank, inputs)),
            (n, "c", (outputs, rank)),
        ]
        if n + 1 < depth:
            blocks += [(n, "beta", (1,)), (n, "d", (1, rank))]
    return blocks


def from_rows(rows, state, width, depth, rank):
    """Experts of rows (expert, parameter)."""
    parts = [{"beta": None, "d": None} for _ in range(depth)]
    at = 0
    for n, name, shape in layout(state, width, depth, rank):
        size = int(np.prod(shape))
        parts[n][name] = jnp.asarray(rows[:, at : at + size]).reshape(-1, *shape)
        at += size
    return Experts(tuple(Layer(**p) for p in parts), jnp.asarray(rows[:, at]))


def to_rows(experts):
    """Rows (expert, parameter) of experts: the inverse of from_rows."""
    count = experts.shift.shape[0]
    columns = []
    for layer in experts.layers:
        for name in ("w", "b", "a", "bt", "c", "beta", "d"):
            block = getattr(layer, name)
            if block is not None:
                columns.append(np.asarray(block).reshape(count, -1))
    return np.concatenate(columns + [np.asarray(experts.shift)[:, None]], axis=1)


def initial_rows(rng, experts, state, width, depth, rank):
    """Equal copies of one random expert, as published: linear layers U(±1/sqrt(in)), A and C
    U(±1/sqrt(out)), B U(±1/sqrt(rank)), one slope in U(0.01, 1) at all sites, D U(±1), shift 0."""
    slope = rng.uniform(0.01, 1.0)
    row = []
    for n, name, shape in layout(state, width, depth, rank):
        inputs = state if n == 0 else width
        bound = {"w": inputs, "b": inputs, "a": shape[0], "bt": rank, "c": shape[0], "d": 1}
        if name == "beta":
            row.append(np.full(1, slope))
        else:
            limit = 1 / np.sqrt(bound[name])
            row.append(rng.uniform(-limit, limit, int(np.prod(shape))))
    return np.tile(np.concatenate(row + [np.zeros(1)]), (experts, 1))


def field(expert, context, x):
    """Right-hand side of one expert (no expert axis) at one state (state)."""
    z = context + expert.shift
    for layer in expert.layers:
        x = layer.w @ x + layer.a @ (z * (layer.bt @ x)) + layer.b + layer.c @ z
        if layer.beta is not None:
            x = x * jax.nn.sigmoid((layer.beta + layer.d @ z) * x)
    return x


def effective(experts, contexts):
    """Weights of each group's expert under its context (group, rank), formed once a solve:
    fields are autonomous and contexts do not change within one."""
    z = contexts + experts.shift[:, None]
    weights = []
    for layer in experts.layers:
        w = layer.w + jnp.einsum("gor,gr,gri->goi", layer.a, z, layer.bt)
        b = layer.b + jnp.einsum("gor,gr->go", layer.c, z)
        beta = None
        if layer.beta is not None:
            beta = (layer.beta + jnp.einsum("gkr,gr->gk", layer.d, z))[:, :, None]
        weights.append((w, b[:, :, None], beta))
    return tuple(weights)


def effective_field(weights, x):
    """Right-hand side at states (group, state, lane)."""
    for w, b, beta in weights:
        x = jnp.einsum("goi,gil->gol", w, x) + b
        if beta is not None:
            x = x * jax.nn.sigmoid(beta * x)
    return x


def per_lane(experts, contexts):
    """What cross losses need: all experts, with a context of its own (expert, rank, lane) in
    every lane."""
    z = contexts + experts.shift[:, None, None]
    weights = []
    for layer in experts.layers:
        b = layer.b[:, :, None] + jnp.einsum("mor,mrl->mol", layer.c, z)
        beta = None
        if layer.beta is not None:
            beta = layer.beta[:, :, None] + jnp.einsum("mkr,mrl->mkl", layer.d, z)
        weights.append((layer.w, layer.a, layer.bt, b, beta))
    return z, tuple(weights)


def per_lane_field(prepared, x):
    """Right-hand side at states (expert, state, lane)."""
    z, weights = prepared
    for w, a, bt, b, beta in weights:
        s = z * jnp.einsum("mri,mil->mrl", bt, x)
        x = jnp.einsum("moi,mil->mol", w, x) + jnp.einsum("mor,mrl->mol", a, s) + b
        if beta is not None:
            x = x * jax.nn.sigmoid(beta * x)
    return x
