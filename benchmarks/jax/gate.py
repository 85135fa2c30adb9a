"""The published gate update after the cross losses: k-means, matching, least squares (MixER,
section 4.3), all inside one compiled program."""

import jax
import jax.numpy as jnp


def kmeans(contexts, start, max_rounds=20, tolerance=1e-4):
    """L1 assignment and means from centroids `start` (cluster, component). Returns assignment
    (environment), centroids and whether it may be used: no empty cluster, converged before the
    last round."""
    clusters = start.shape[0]

    def body(c):
        distance = jnp.mean(jnp.abs(contexts[:, None] - c["centroids"]), axis=2)
        cluster = jnp.argmin(distance, axis=1)
        member = jax.nn.one_hot(cluster, clusters, dtype=contexts.dtype)
        count = member.sum(axis=0)
        means = (member.T @ contexts) / jnp.maximum(count, 1)[:, None]
        change = jnp.abs(means - c["centroids"])
        return {
            "centroids": means,
            "cluster": cluster,
            "empty": jnp.any(count == 0),
            "settled": jnp.all(change <= tolerance + 1e-5 * jnp.abs(c["centroids"])),
            "round": c["round"] + 1,
        }

    first = {
        "centroids": start,
        "cluster": jnp.zeros(contexts.shape[0], jnp.int32),
        "empty": jnp.array(False),
        "settled": jnp.array(False),
        "round": jnp.int32(0),
    }
    last = jax.lax.while_loop(
        lambda c: ~c["empty"] & ~c["settled"] & (c["round"] < max_rounds), body, first
    )
    usable = ~last["empty"] & last["settled"] & (last["round"] < max_rounds)
    return last["cluster"], last["centroids"], usable


def cluster_medians(cross, cluster, clusters):
    """Median of cross (environment, expert) over the members of each cluster: (cluster, expert)."""
    order = jnp.argsort(cross, axis=0)
    ranked = jnp.take_along_axis(cross, order, axis=0)
    member = jax.nn.one_hot(cluster[order], clusters, dtype=jnp.int32)  # (rank, expert, cluster)
    position = jnp.cumsum(member, axis=0) * member
    count = member.sum(axis=0)

    def pick(which):
        # One rank has this position in each cluster; zero elsewhere.
        return jnp.sum(jnp.where(position == which, ranked[:, :, None], 0), axis=0)

    low, high = pick((count + 1) // 2), pick(count // 2 + 1)
    return (0.5 * (low + high)).T


def match(medians):
    """Greedy in the order of clusters: each takes the free expert of least loss."""

    def body(j, carry):
        chosen, free = carry
        expert = jnp.argmin(jnp.where(free, medians[j], jnp.inf))
        return chosen.at[j].set(expert), free.at[expert].set(False)

    count = medians.shape[0]
    start = (jnp.zeros(count, jnp.int32), jnp.ones(count, bool))
    return jax.lax.fori_loop(0, count, body, start)[0]


def fit(contexts, expert, experts, noise):
    """Minimum-norm least squares of one-hot experts on [contexts + noise, 1]."""
    ones = jnp.ones((contexts.shape[0], 1), contexts.dtype)
    design = jnp.concatenate([contexts + noise, ones], axis=1)
    target = jax.nn.one_hot(expert, experts, dtype=contexts.dtype)
    rcond = float(jnp.finfo(jnp.float32).eps) * max(design.shape)
    return jnp.linalg.lstsq(design, target, rcond=rcond)[0]


def update(gate, cross, contexts, key):
    """One gate update from cross losses (environment, expert). `gate` holds weights (component +
    1, expert), centroids and whether there are any."""
    experts = gate["weights"].shape[1]
    components = contexts.shape[1]
    draw = jax.random.uniform(
        key, (experts, components), contexts.dtype, minval=-1e-3, maxval=1e-3
    )
    start = jnp.where(gate["started"], gate["centroids"], draw)
    cluster, centroids, usable = kmeans(contexts, start)
    medians = cluster_medians(cross, cluster, experts)
    expert = match(medians)[cluster]
    noise = 1e-4 * jax.random.normal(key, contexts.shape, contexts.dtype)
    weights = fit(contexts, expert, experts, noise)
    return {
        "weights": jnp.where(usable, weights, gate["weights"]),
        "centroids": centroids,
        "started": usable,
        "aborted": gate["aborted"] + ~usable,
    }


def routes(gate, contexts):
    """The expert of each environment: the largest gate value, ties to the lower index."""
    return jnp.argmax(contexts @ gate["weights"][:-1] + gate["weights"][-1], axis=1)


def values(weights, contexts):
    """Gate values (environment, expert)."""
    return jax.nn.softmax(contexts @ weights[:-1] + weights[-1], axis=1)
