#include <tessera/core/peak_memory.hpp>

#include <sys/resource.h>

namespace tessera {

double peak_rss_mb()
{
  rusage usage{};  // the kernel counts KiB
  getrusage(RUSAGE_SELF, &usage);
  return double(usage.ru_maxrss) * 1024 / 1e6;
}

}  // namespace tessera
