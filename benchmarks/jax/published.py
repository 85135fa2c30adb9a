"""The work as the paper's released code does it: diffrax, every expert evaluated for every
environment at every stage (its conditional becomes a select under vmap), all trajectories in lock
step, gradients through the adaptive solve by diffrax's default."""

import diffrax
import jax
import jax.numpy as jnp

import experts as geps


def integrate(vector_field, args, start, times, rtol, atol):
    """States (time, state) of one trajectory and whether it was solved."""
    solution = diffrax.diffeqsolve(
        diffrax.ODETerm(vector_field),
        diffrax.Tsit5(),
        t0=times[0],
        t1=times[-1],
        dt0=times[1] - times[0],
        y0=start,
        args=args,
        saveat=diffrax.SaveAt(ts=times),
        stepsize_controller=diffrax.PIDController(rtol=rtol, atol=atol),
        max_steps=4096,
        throw=False,
    )
    return solution.ys, solution.result == diffrax.RESULTS.successful


def environment_losses(states, solved, truth):
    """Mean square error of each environment (environment) and whether all its trajectories were
    solved."""
    solved = jax.lax.stop_gradient(solved)
    ok = jnp.all(solved, axis=1) & jnp.all(jnp.isfinite(states), axis=(1, 2, 3))
    error = jnp.where(ok[:, None, None, None], states - truth, 0)
    return jnp.mean(error**2, axis=(1, 2, 3)), ok


def mixture_losses(experts, contexts, active, starts, times, truth, rtol, atol):
    """Losses of environments under the mixture. contexts (environment, expert, rank), active
    (environment, expert), starts (environment, trajectory, state), times (environment, time)."""

    def vector_field(t, x, args):
        slices, chosen = args
        every = jax.vmap(geps.field, in_axes=(0, 0, None))(experts, slices, x)
        return jnp.sum(jnp.where(chosen[:, None], every, 0), axis=0)

    def environment(slices, chosen, starts, times):
        def one(start):
            return integrate(vector_field, (slices, chosen), start, times, rtol, atol)

        return jax.vmap(one)(starts)

    states, solved = jax.vmap(environment)(contexts, active, starts, times)
    return environment_losses(states, solved, truth)


def cross_losses(experts, contexts, starts, times, truth, rtol, atol):
    """Loss of every environment under every expert (environment, expert)."""

    def of_expert(inputs):
        expert, slices = inputs

        def environment(context, starts, times):
            def one(start):
                field = lambda t, x, args: geps.field(expert, context, x)  # noqa: E731
                return integrate(field, None, start, times, rtol, atol)

            return jax.vmap(one)(starts)

        states, solved = jax.vmap(environment)(slices, starts, times)
        losses, ok = environment_losses(states, solved, truth)
        return jnp.where(ok, losses, jnp.finfo(losses.dtype).max)

    return jax.lax.map(of_expert, (experts, jnp.swapaxes(contexts, 0, 1))).T


def batch_losses(experts, contexts, expert, starts, times, truth, rtol, atol):
    """Losses (contributor) with the expert of each contributor given, and which were solved."""
    active = jax.nn.one_hot(expert, experts.shift.shape[0], dtype=bool)
    return mixture_losses(experts, contexts, active, starts, times, truth, rtol, atol)
