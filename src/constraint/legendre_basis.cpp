#include <algorithm>
#include <vector>

#include <tessera/constraint/fixed_bases.hpp>
#include <tessera/core/error.hpp>

namespace tessera::constraint {
namespace {

/// P_0 … P_(count-1) at s by the three-term recurrence.
std::vector<double> legendre(double s, int count)
{
  std::vector<double> p(std::size_t(std::max(count, 2)), 1.);
  p[1] = s;
  for (int k = 2; k < count; ++k) {
    auto const i = std::size_t(k);
    p[i] = ((2 * k - 1) * s * p[i - 1] - (k - 1) * p[i - 2]) / k;
  }
  return p;
}

class LegendreBasis final : public BasisBank {
 public:
  LegendreBasis(int in_time, int in_space) : in_time_(in_time), in_space_(in_space) {}
  std::string kind() const override { return "legendre"; }
  int functions() const override { return in_time_ * in_space_; }
  void evaluate(domains::SpaceTimeGrid const &, domains::Box const &box, domains::Box const &where,
                domains::PdeSample const &, std::span<double> values) const override
  {
    auto coordinate = [](double at, double low, double high) {
      return std::clamp(2 * (at - low) / (high - low) - 1, -1.2, 1.2);
    };
    std::vector<std::vector<double>> in_space;
    for (std::size_t i = where.first_cell; i < where.last_cell; ++i) {
      in_space.push_back(legendre(
          coordinate(double(i) + 0.5, double(box.first_cell), double(box.last_cell)), in_space_));
    }
    std::size_t k = 0;
    for (std::size_t n = where.first_level; n < where.last_level; ++n) {
      auto const in_time = legendre(
          coordinate(double(n), double(box.first_level), double(box.last_level - 1)), in_time_);
      for (auto const &p : in_space) {
        for (int a = 0; a < in_time_; ++a) {
          for (int b = 0; b < in_space_; ++b) {
            values[k++] = in_time[std::size_t(a)] * p[std::size_t(b)];
          }
        }
      }
    }
  }

 private:
  int in_time_, in_space_;
};

}  // namespace

std::unique_ptr<BasisBank> make_legendre_basis(int in_time, int in_space)
{
  if (in_time < 1 || in_space < 1) throw InputError("a Legendre basis needs at least 1 x 1");
  return std::make_unique<LegendreBasis>(in_time, in_space);
}

}  // namespace tessera::constraint
