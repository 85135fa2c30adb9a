#pragma once

namespace tessera {

/// What to tell the user where this processor lacks instructions that Tessera was compiled for, one
/// sentence that lives as long as the process; nullptr where it lacks none. Needs nothing to be up
/// and no such instruction itself, so that it may be asked before anything else runs.
char const *unfit_processor() noexcept;

}  // namespace tessera
