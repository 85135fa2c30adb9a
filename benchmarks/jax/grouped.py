"""The same work with nothing done that is not needed: contributors meet their own expert only,
effective weights are formed once a solve, gradients replay the accepted steps. Cross losses stay
all environments on all experts: that is the published work."""

import jax
import jax.numpy as jnp

import experts as geps
import tsit5


def lanes_of(starts, times):
    """(environment, trajectory, state) to (state, lane), and times to (time, lane)."""
    count = starts.shape[1]
    return (
        jnp.moveaxis(starts, 2, 0).reshape(starts.shape[2], -1),
        jnp.repeat(times.T, count, axis=1),
    )


def batch_losses(experts, contexts, expert, starts, times, truth, rtol, atol, tape=4096):
    """Losses (contributor) with the expert of each contributor given, and which were solved.
    contexts (contributor, expert, rank)."""
    slices = jnp.take_along_axis(contexts, expert[:, None, None], axis=1)[:, 0]
    weights = geps.effective(jax.tree.map(lambda p: p[expert], experts), slices)
    grids = jnp.broadcast_to(
        times[:, :, None], (*times.shape, starts.shape[1])
    )
    states, ok, _ = tsit5.solve(
        geps.effective_field, weights, jnp.swapaxes(starts, 1, 2), grids, rtol, atol, tape
    )
    ok = jnp.all(jax.lax.stop_gradient(ok), axis=1) & jnp.all(jnp.isfinite(states), axis=(1, 2, 3))
    target = jnp.transpose(truth, (0, 2, 3, 1))
    error = jnp.where(ok[:, None, None, None], states - target, 0)
    return jnp.mean(error**2, axis=(1, 2, 3)), ok


def predict(experts, slices, expert, starts, times, rtol, atol):
    """States (environment, trajectory, time, state) and which trajectories were solved."""
    weights = geps.effective(jax.tree.map(lambda p: p[expert], experts), slices)
    grids = jnp.broadcast_to(
        times[:, :, None], (*times.shape, starts.shape[1])
    )
    states, ok, *_ = tsit5.integrate(
        geps.effective_field, weights, jnp.swapaxes(starts, 1, 2), grids, rtol, atol
    )
    return jnp.transpose(states, (0, 3, 1, 2)), ok


def cross_losses(experts, contexts, starts, times, truth, rtol, atol):
    """Loss of every environment under every expert (environment, expert)."""
    environments, count = starts.shape[:2]
    first, grids = lanes_of(starts, times)
    slices = jnp.transpose(contexts, (1, 2, 0))  # (expert, rank, environment)
    prepared = geps.per_lane(experts, jnp.repeat(slices, count, axis=2))
    members = experts.shift.shape[0]
    states, ok, *_ = tsit5.integrate(
        geps.per_lane_field,
        prepared,
        jnp.broadcast_to(first, (members, *first.shape)),
        grids[None],
        rtol,
        atol,
    )
    target = jnp.transpose(truth, (2, 3, 0, 1)).reshape(*states.shape[1:])
    squares = jnp.mean((states - target) ** 2, axis=(1, 2)).reshape(members, environments, count)
    losses = jnp.mean(squares, axis=2)
    usable = jnp.all(ok.reshape(squares.shape), axis=2) & jnp.isfinite(losses)
    return jnp.where(usable, losses, jnp.finfo(losses.dtype).max).T
