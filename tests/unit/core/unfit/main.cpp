// runtime_unfit: a host that is compiled for any processor, on one that Tessera was not compiled
// for (qemu plays it). Ends with 0 where Runtime says so, instead of dying of an unknown
// instruction.
#define TESSERA_ANY_PACK_ABI  // no pack is touched here

#include <cstdio>
#include <cstring>

#include <tessera/core/error.hpp>
#include <tessera/core/runtime.hpp>

int main(int argc, char **argv)
{
  try {
    tessera::Runtime const runtime(argc, argv);
  } catch (tessera::Error const &error) {
    std::fprintf(stderr, "%s\n", error.what());
    return std::strstr(error.what(), "this processor (Intel Core i7 9xx") ? 0 : 1;
  }
  return 1;
}
