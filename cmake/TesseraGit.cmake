# Run as a script at every build: writes OUTPUT, a header with the state of the source tree
# SOURCE, and touches it only when that state has changed.
execute_process(COMMAND git describe --always --dirty --tags
  WORKING_DIRECTORY "${SOURCE}" OUTPUT_VARIABLE description
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed)
  set(description "unknown")   # an unpacked archive, or no git here
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" CONTENT [[#pragma once

namespace tessera::io::build_facts {
constexpr char const *git_description = "@description@";
}
]] @ONLY)
