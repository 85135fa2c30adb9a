// Compiled for the oldest processor, whatever the rest is compiled for, and calls nothing of it: an
// inline function of the standard library could be the copy that some other file left.
#include <tessera/core/processor.hpp>

#include "processor_features.hpp"

#if (defined(__x86_64__) || defined(__i386__)) && !defined(__CUDACC__)
#include <cpuid.h>

namespace tessera {
namespace {

/// Text within the program's own memory; what does not fit is left out.
struct Sentence {
  char text[512];
  unsigned length;

  void add(char const *part)
  {
    while (*part && length + 1 < sizeof text) text[length++] = *part++;
    text[length] = '\0';
  }
  void add_number(int number)
  {
    char const digits[] = {char('0' + number / 10), char('0' + number % 10), '\0'};
    add(number < 10 ? digits + 1 : digits);
  }
};

/// Names the first few features that are missing and counts all of them.
struct Missing {
  static constexpr int told = 6;
  Sentence names;
  int count;

  void check(bool there, char const *name)
  {
    if (there) return;
    if (count > 0 && count < told) names.add(", ");
    if (count++ < told) names.add(name);
  }
};

constinit Sentence sentence{};
constinit Missing missing{};

void add_processor_name()
{
  char name[49] = {};
  unsigned words[12] = {}, *at = words;
  for (unsigned leaf = 0x80000002; leaf <= 0x80000004; ++leaf, at += 4) {
    if (!__get_cpuid(leaf, at, at + 1, at + 2, at + 3)) break;
  }
  for (int i = 0; i < 48; ++i) name[i] = char(words[i / 4] >> 8 * (i % 4));
  for (int end = 47; end > 0 && (!name[end] || name[end] == ' '); --end) name[end] = '\0';
  char const *begin = name;
  while (*begin == ' ') ++begin;
  sentence.add(*begin ? begin : "without a name");
}

/// The highest TESSERA_ARCH that this processor surely has.
char const *level()
{
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512cd")) {
    return "x86-64-v4";
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
      __builtin_cpu_supports("bmi2")) {
    return "x86-64-v3";
  }
  return __builtin_cpu_supports("sse4.2") ? "x86-64-v2" : "generic";
}

}  // namespace

char const *unfit_processor() noexcept
{
  __builtin_cpu_init();
  sentence.length = missing.names.length = 0;
  missing.count = 0;
#define TESSERA_CHECK(name) missing.check(__builtin_cpu_supports(name), name);
  TESSERA_ARCH_FEATURES(TESSERA_CHECK)
#undef TESSERA_CHECK
  if (missing.count == 0) return nullptr;
  sentence.add("this program was built for " TESSERA_ARCH_TEXT " and this processor (");
  add_processor_name();
  sentence.add(") lacks ");
  sentence.add(missing.names.text);
  if (missing.count > Missing::told) {
    sentence.add(" and ");
    sentence.add_number(missing.count - Missing::told);
    sentence.add(" more");
  }
  sentence.add("; build it here with ./tessera, or with TESSERA_ARCH=");
  sentence.add(level());
  return sentence.text;
}

}  // namespace tessera

#else

namespace tessera {

char const *unfit_processor() noexcept
{
  return nullptr;
}

}  // namespace tessera

#endif
