// Arrays (.npy) and archives (.npz) of NumPy: the input is read as either.

#include <span>
#include <string_view>

#include <tessera/core/error.hpp>
#include <tessera/io/numpy.hpp>

#include "check.hpp"
#include "memory_file.hpp"

namespace {

using namespace tessera;

void check_array(io::NumpyArray const &array)
{
  std::size_t count = 1;
  for (std::size_t const extent : array.shape) count *= extent;
  fuzz::demand(array.values.size() == count, "values do not fill their shape");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const *data, std::size_t size)
{
  std::string_view const text(reinterpret_cast<char const *>(data), size);
  fuzz::try_to([&] { check_array(io::parse_npy(std::as_bytes(std::span(text)), "fuzz.npy")); });
  if (!text.starts_with("PK")) return 0;
  fuzz::MemoryFile const file(text);
  fuzz::try_to([&] {
    for (auto const &[name, array] : io::read_npz(file.path())) check_array(array);
  });
  fuzz::try_to([&] { io::read_npz(file.path(), {"t", "X"}); });
  return 0;
}
