// Compiled for the oldest processor, as processor.cpp of core is: on one that the program was not
// built for it ends with a sentence instead of SIGILL.
#include <unistd.h>

#include <tessera/core/processor.hpp>

namespace {

[[gnu::constructor(101)]] void refuse_unfit_processor()
{
  char const *sentence = tessera::unfit_processor();
  if (!sentence) return;
  char line[600] = "tessera: ";
  unsigned long length = 9;
  while (*sentence && length + 1 < sizeof line) line[length++] = *sentence++;
  line[length++] = '\n';
  // Where nobody reads it, the exit code still tells.
  [[maybe_unused]] auto const written = write(STDERR_FILENO, line, length);
  _exit(2);
}

#if defined(__ELF__)
// Before the constructors of shared libraries too, ours among them.
[[gnu::section(".preinit_array"), gnu::used]] void (*const first)() = refuse_unfit_processor;
#endif

}  // namespace
