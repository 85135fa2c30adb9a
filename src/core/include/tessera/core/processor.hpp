#pragma once

namespace tessera {

/// What to tell the user where this processor lacks instructions that Tessera was compiled for, one
/// sentence that lives as long as the process; nullptr where it lacks none. Needs nothing to be up
/// and no such instruction itself. Runtime asks first of all; but the static constructors of
/// Kokkos, compiled for the same processors, run before main. A program that wants to tell its user
/// before them asks in a function of its .preinit_array, as src/app/processor_guard.cpp does.
char const *unfit_processor() noexcept;

}  // namespace tessera
