#include <algorithm>

#include <tessera/core/pack_math.hpp>

#include "operation.hpp"

namespace tessera::domains {
namespace {

using P = Pack<double>;

// Points that go through the list of steps together: enough that a step's switch costs little, few
// enough that their numbers stay in the cache.
constexpr std::size_t chunk = 64;

/// `count`, a multiple of the width, results of a function of packs.
template <class Function>
void packs(std::size_t count, double const *a, double const *b, double *to, Function function)
{
  for (std::size_t i = 0; i < count; i += P::width) {
    function(P::load_unaligned(a + i), P::load_unaligned(b + i)).store_unaligned(to + i);
  }
}

P sign(P const &a)
{
  return select(a < P(0.0), P(-1.0), select(P(0.0) < a, P(1.0), a));
}

void run(Operation operation, std::size_t n, double const *a, double const *b, double *to)
{
  switch (operation) {
    case Operation::negate:
      return packs(n, a, b, to, [](P const &x, P const &) { return -x; });
    case Operation::add:
      return packs(n, a, b, to, [](P const &x, P const &y) { return x + y; });
    case Operation::subtract:
      return packs(n, a, b, to, [](P const &x, P const &y) { return x - y; });
    case Operation::multiply:
      return packs(n, a, b, to, [](P const &x, P const &y) { return x * y; });
    case Operation::divide:
      return packs(n, a, b, to, [](P const &x, P const &y) { return x / y; });
    case Operation::exp:
      return packs(n, a, b, to, [](P const &x, P const &) { return exp(x); });
    case Operation::log:
      return packs(n, a, b, to, [](P const &x, P const &) { return log(x); });
    case Operation::tanh:
      return packs(n, a, b, to, [](P const &x, P const &) { return tanh(x); });
    case Operation::sqrt:
      return packs(n, a, b, to, [](P const &x, P const &) { return sqrt(x); });
    case Operation::abs:
      return packs(n, a, b, to, [](P const &x, P const &) { return abs(x); });
    case Operation::sign:
      return packs(n, a, b, to, [](P const &x, P const &) { return sign(x); });
    default:  // what packs have no function for
      for (std::size_t i = 0; i < n; ++i) to[i] = apply(operation, a[i], b[i]);
  }
}

}  // namespace

void Program::evaluate(std::size_t points, std::span<Column const> columns,
                       std::span<double *const> outputs) const
{
  TESSERA_ASSERT(columns.size() == variables_ && outputs.size() == outputs_.size());
  std::vector<double> numbers(places_ * chunk);
  std::vector<double const *> read(places_);  // (place): where its numbers lie, chunk by chunk
  for (std::size_t p = 0; p < places_; ++p) {
    double *const own = numbers.data() + p * chunk;
    read[p] = own;
    if (p < variables_ && columns[p].everywhere) std::fill_n(own, chunk, *columns[p].values);
    if (p >= variables_ && p < variables_ + constants_.size()) {
      std::fill_n(own, chunk, constants_[p - variables_]);
    }
  }
  for (std::size_t k = 0; k < points; k += chunk) {
    std::size_t const count = std::min(chunk, points - k);
    std::size_t const whole = (count + P::width - 1) / P::width * P::width;
    for (std::size_t p = 0; p < variables_; ++p) {
      if (columns[p].everywhere) continue;
      double const *const values = columns[p].values + k;
      read[p] = values;
      if (whole == count) continue;
      // Lanes behind the last point do as it does.
      double *const own = numbers.data() + p * chunk;
      std::fill(std::copy_n(values, count, own), own + whole, values[count - 1]);
      read[p] = own;
    }
    for (Step const &step : steps_) {
      double *const to = numbers.data() + static_cast<std::size_t>(step.to) * chunk;
      run(step.operation, whole, read[static_cast<std::size_t>(step.a)],
          read[static_cast<std::size_t>(step.b)], to);
    }
    for (std::size_t o = 0; o < outputs_.size(); ++o) {
      std::copy_n(read[static_cast<std::size_t>(outputs_[o])], count, outputs[o] + k);
    }
  }
}

}  // namespace tessera::domains
