#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <tessera/domains/trajectories.hpp>

// What every reader and writer of data sets holds true, whatever the file. All throw InputError
// that begins with `where` and says what is wrong and where in the array.
namespace tessera::io {

[[noreturn]] void fail_data(std::string const &where, std::string const &what);

/// Whether an array of this shape is a plain list: (n), or (1, n) or (n, 1) as MATLAB has lists.
bool is_list(std::vector<std::size_t> const &shape);

/// At least two, finite and increasing in each environment.
void check_times(std::string const &where, domains::Trajectories const &split);

/// Finite.
void check_states(std::string const &where, domains::Trajectories const &split);

/// Whether environments of the same index are of one family, or equal in parameters too.
enum class Pairing { families, environments };

/// `names`: what the two splits are called together.
void check_pairing(std::string const &where, domains::Trajectories const &a,
                   domains::Trajectories const &b, std::string const &names,
                   Pairing pairing = Pairing::environments);

}  // namespace tessera::io
