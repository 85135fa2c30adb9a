#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <tessera/core/error.hpp>

namespace tessera::fuzz {

/// Ends the program, which libFuzzer takes for a finding.
inline void demand(bool holds, char const *what, std::string const &text = {})
{
  if (holds) return;
  std::fprintf(stderr, "%s\n%s\n", what, text.c_str());
  std::abort();
}

/// A refusal is for a human at a terminal: something is said, in at most ten lines.
inline void check_refusal(std::string const &text)
{
  demand(!text.empty(), "a refusal without a word");
  demand(std::count(text.begin(), text.end(), '\n') < 10, "more than ten lines", text);
  demand(std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return c >= ' ' || c == '\n' || c == '\t'; }),
         "control characters in a refusal", text);
}

/// Reads until a refusal, which must be an InputError that a human can read.
template <class Read>
void try_to(Read read)
{
  try {
    read();
  } catch (InputError const &error) {
    check_refusal(error.what());
  }
}

}  // namespace tessera::fuzz
