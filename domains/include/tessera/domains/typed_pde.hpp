#pragma once

#include <memory>

#include <tessera/core/registry.hpp>
#include <tessera/domains/pde_family.hpp>

namespace tessera::domains {

/// The family of problems u_t = rate that a config states, in the tables
///
///     [equation]  name, quantity: what the equation and u are called
///                 rate: a formula (Expression) of u, u_x, u_xx, x and the parameters
///                 parameters: by name the range [low, high) that a problem draws it from, or one
///                 number, which is a constant
///                 length, horizon: of (0, length) x (0, horizon)
///     [boundary]  left, right: "value 1", "flux 0" (u_x there), the number a formula of the
///                 parameters; or "periodic", which is both
///     [initial]   field: u(0, x), a formula of x and the parameters
///
/// A list of lengths, [x, y] or [x, y, z], gives as many axes. Formulas then read u_y, u_yy, y,
/// u_z, u_zz, z too, and each axis has its ends, "flux 0" unless stated: left is x = 0, bottom
/// y = 0, back z = 0; right, top, front lie across, and a flux is the derivative along their axis.
///
/// Its truth is the method of lines. Throws ConfigError at the place in the file.
std::unique_ptr<PdeFamily> read_typed_family(Section equation, Section boundary, Section initial);

/// Adds it to the seam PdeFamily as "equation".
void register_typed_family(Registry &registry);

}  // namespace tessera::domains
