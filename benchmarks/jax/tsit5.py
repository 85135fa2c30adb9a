"""Tsit5 with an integral controller on many lanes in one loop, each lane with steps of its own.

Written for speed in XLA: lanes are the last axis, steps are recorded as they are tried, and the
gradient replays the accepted ones backwards (discretise, then optimise; the step list is frozen).
"""

from functools import partial

import jax
import jax.numpy as jnp

# Tsitouras, Comput. Math. Appl. 62 (2011), table 2.
A = (
    (0.161,),
    (-0.008480655492356989, 0.335480655492357),
    (2.8971530571054935, -6.359448489975075, 4.3622954328695815),
    (5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525),
    (5.86145544294642, -12.92096931784711, 8.159367898576159, -0.071584973281401,
     -0.028269050394068383),
    (0.09646076681806523, 0.01, 0.4798896504144996, 1.379008574103742, -3.290069515436081,
     2.324710524099774),
)  # fmt: skip
ERROR = (
    -0.00178001105222577714, -0.0008164344596567469, 0.007880878010261995, -0.1447110071732629,
    0.5823571654525552, -0.45808210592918697, 1.0 / 66.0,
)  # fmt: skip
# Weight of slope i at theta: theta (c0 + theta (c1 + theta (c2 + theta c3))).
DENSE = (
    (1, -2.763706197274826, 2.9132554618219126, -1.0530884977290216),
    (0, 0.13169999999999998, -0.2234, 0.1017),
    (0, 3.9302962368947516, -5.941033872131505, 2.490627285651253),
    (0, -12.411077166933676, 30.33818863028232, -16.548102889244902),
    (0, 37.50931341651104, -88.1789048947664, 47.37952196281928),
    (0, -27.896526289197286, 65.09189467479366, -34.87065786149661),
    (0, 1.5, -4, 2.5),
)  # fmt: skip


def combine(weights, slopes):
    """Sum of weight · slope, terms of weight zero left out."""
    total = None
    for w, k in zip(weights, slopes):
        if w != 0:
            total = w * k if total is None else total + w * k
    return total


def stages(field, weights, y, k1, h):
    """All seven slopes and the new state of one step. y, k1 (group, state, lane), h (group, lane)."""
    h = h[:, None]
    slopes = [k1]
    for row in A:
        state = y + h * combine(row, slopes)
        slopes.append(field(weights, state))
    return slopes, state


def outputs(y, slopes, h, theta):
    """Interpolated states at theta (group, time, lane): (group, time, state, lane)."""
    p = [combine(column, slopes)[:, None] for column in zip(*DENSE)]
    x = theta[:, :, None]
    inner = p[0] + x * (p[1] + x * (p[2] + x * p[3]))
    return y[:, None] + h[:, None, None] * (x * inner)


def inside(times, t, h, now, accept):
    """Which outputs (group, time, lane) lie in the step just accepted, and where in it."""
    t, h, now, accept = (v[:, None] for v in (t, h, now, accept))
    mask = accept & (times > t) & (times <= now)
    return mask, jnp.where(mask, (times - t) / jnp.where(h == 0, 1, h), 0)


def integrate(field, weights, y0, times, rtol, atol, max_steps=4096, tape=0):
    """Solves y' = field(weights, y) from y0 (group, state, lane) through times (group or 1, time,
    lane). Returns states (group, time, state, lane), ok (group, lane), attempted steps (group,
    lane), the number of rounds and, with tape > 0, the record of the rounds."""
    groups, size, lanes = y0.shape
    dtype = y0.dtype
    end = jnp.broadcast_to(times[:, -1], (groups, lanes))
    first = jnp.broadcast_to(times[:, 0], (groups, lanes))
    out = jnp.zeros((groups, times.shape[1], size, lanes), dtype).at[:, 0].set(y0)
    record = None
    if tape:
        record = {
            "t": jnp.zeros((tape, groups, lanes), dtype),
            "h": jnp.zeros((tape, groups, lanes), dtype),
            "y": jnp.zeros((tape, groups, size, lanes), dtype),
            "k": jnp.zeros((tape, groups, size, lanes), dtype),
        }
    carry = {
        "t": first,
        "h": jnp.broadcast_to(times[:, 1] - times[:, 0], (groups, lanes)),
        "y": y0,
        "k": field(weights, y0),
        "out": out,
        "busy": jnp.ones((groups, lanes), bool),
        "failed": jnp.zeros((groups, lanes), bool),
        "tried": jnp.zeros((groups, lanes), jnp.int32),
        "round": jnp.int32(0),
        "record": record,
    }
    limit = min(max_steps, tape) if tape else max_steps

    def body(c):
        left = end - c["t"]
        final = c["h"] >= left
        h = jnp.where(c["busy"], jnp.where(final, left, c["h"]), 0)
        slopes, new = stages(field, weights, c["y"], c["k"], h)
        scale = atol + rtol * jnp.maximum(jnp.abs(c["y"]), jnp.abs(new))
        squares = jnp.mean((h[:, None] * combine(ERROR, slopes) / scale) ** 2, axis=1)
        finite = squares < 1e30
        accept = c["busy"] & (squares < 1)
        factor = 0.9 * jnp.exp(-0.1 * jnp.log(jnp.maximum(1e-20, squares)))
        factor = jnp.where(
            squares < 1, jnp.clip(factor, 1, 10), jnp.where(finite, jnp.clip(factor, 0.2, 0.9), 0.2)
        )
        now = jnp.where(final, end, c["t"] + h)
        mask, theta = inside(times, c["t"], h, now, accept)
        wanted = h * factor
        t = jnp.where(accept, now, c["t"])
        stuck = c["busy"] & ~(accept & final) & (t + wanted == t)
        kept = accept[:, None]
        if tape:
            values = {"t": c["t"], "h": jnp.where(accept, h, 0), "y": c["y"], "k": c["k"]}
            c["record"] = {
                name: jax.lax.dynamic_update_index_in_dim(c["record"][name], v, c["round"], 0)
                for name, v in values.items()
            }
        return {
            "t": t,
            "h": wanted,
            "y": jnp.where(kept, new, c["y"]),
            "k": jnp.where(kept, slopes[6], c["k"]),
            "out": jnp.where(mask[:, :, None], outputs(c["y"], slopes, h, theta), c["out"]),
            "busy": c["busy"] & ~(accept & final) & ~stuck,
            "failed": c["failed"] | stuck,
            "tried": c["tried"] + c["busy"],
            "round": c["round"] + 1,
            "record": c["record"],
        }

    c = jax.lax.while_loop(lambda c: jnp.any(c["busy"]) & (c["round"] < limit), body, carry)
    return c["out"], ~(c["failed"] | c["busy"]), c["tried"], c["round"], c["record"]


@partial(jax.custom_vjp, nondiff_argnums=(0, 4, 5, 6))
def solve(field, weights, y0, times, rtol, atol, tape):
    """States (group, time, state, lane) and ok (group, lane), differentiable in the weights by
    replay of the accepted steps."""
    out, ok, tried, _, _ = integrate(field, weights, y0, times, rtol, atol)
    return out, ok, tried


def solve_forward(field, weights, y0, times, rtol, atol, tape):
    out, ok, tried, rounds, record = integrate(field, weights, y0, times, rtol, atol, tape=tape)
    return (out, ok, tried), (weights, y0, times, rounds, record)


def solve_backward(field, rtol, atol, tape, saved, bars):
    weights, y0, times, rounds, record = saved
    out_bar = bars[0]

    def body(carry):
        i, y_bar, k_bar, w_bar = carry
        t, h, y, k = (record[name][i] for name in ("t", "h", "y", "k"))
        accept = h > 0
        end = jnp.broadcast_to(times[:, -1], t.shape)
        # The last step ends at the last time, whatever t + h rounds to.
        now = jnp.where(t + h >= end * (1 - 4 * jnp.finfo(t.dtype).eps), end, t + h)
        mask, theta = inside(times, t, h, now, accept)

        def step(weights, y, k):
            slopes, new = stages(field, weights, y, k, h)
            return new, slopes[6], outputs(y, slopes, h, theta)

        kept = accept[:, None]
        bars = (y_bar, jnp.where(kept, k_bar, 0), jnp.where(mask[:, :, None], out_bar, 0))
        _, pull = jax.vjp(step, weights, y, k)
        w_add, y_new, k_new = pull(bars)
        return (
            i - 1,
            jnp.where(kept, y_new, y_bar),
            jnp.where(kept, k_new, k_bar),
            jax.tree.map(jnp.add, w_bar, w_add),
        )

    zero = jnp.zeros_like(y0)
    start = (rounds - 1, zero, zero, jax.tree.map(jnp.zeros_like, weights))
    _, y_bar, k_bar, w_bar = jax.lax.while_loop(lambda c: c[0] >= 0, body, start)
    _, pull = jax.vjp(field, weights, y0)
    w_add, y_add = pull(k_bar)
    w_bar = jax.tree.map(jnp.add, w_bar, w_add)
    return w_bar, y_bar + y_add + out_bar[:, 0], jnp.zeros_like(times)


solve.defvjp(solve_forward, solve_backward)
