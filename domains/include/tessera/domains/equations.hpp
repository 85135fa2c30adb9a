#pragma once

#include <memory>

#include <tessera/core/registry.hpp>
#include <tessera/domains/family.hpp>

namespace tessera::domains {

/// Adds the set "equations" to the seam Domain: families of systems x' = f(t, x; c) that the config
/// itself states, in tables [[data.family]].
void register_equations(Registry &registry);

/// The family that one such table states, its keys being
///
///     name        what it is called
///     states      names of the states
///     equations   the rate of each, formulas of states, parameters and the time t (Expression)
///     parameters  by name: a list of values, {from, to, count}, or one number, which is no
///                 parameter then but a constant
///     start       by state: the box [low, high] that starts are drawn from, or one number
///     horizon     the last stored time; the first is 0
///     stiff       whether the truth is checked against an implicit method
///     units       by state or parameter
///
/// Throws ConfigError at the place in the file.
std::unique_ptr<Family> read_equation_family(Section &table);

}  // namespace tessera::domains
