#include <array>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/domains/family.hpp>
#include <tessera/domains/odebench.hpp>

namespace tessera::domains {
namespace {

std::unique_ptr<Family> make_family(std::string const &id)
{
  Registry registry;
  register_odebench_families(registry);
  return registry.make_named<Family>(id, Config::parse("", "test").section("family"));
}

struct Row {
  std::string id;
  std::vector<double> parameters;
  std::array<double, 2> state;
  std::array<double, 2> expected;
};

void PrintTo(Row const &row, std::ostream *out)
{
  *out << "family " << row.id;
}

class OdebenchFormula : public testing::TestWithParam<Row> {};

TEST_P(OdebenchFormula, AgreesWithTheFormulaTypedByHand)
{
  Row const &row = GetParam();
  std::array<double, 2> derivative{};

  make_family(row.id)->evaluate(0, row.state, row.parameters, derivative);

  EXPECT_NEAR(derivative[0], row.expected[0], 1e-13);
  EXPECT_NEAR(derivative[1], row.expected[1], 1e-13);
}

constexpr double pi = 3.14159265358979323846;

INSTANTIATE_TEST_SUITE_P(
    AllTen, OdebenchFormula,
    testing::Values(
        Row{"24", {2.0}, {3.0, 5.0}, {5.0, -6.0}}, Row{"25", {2.0, 0.5}, {3.0, 5.0}, {5.0, -8.5}},
        Row{"28", {0.9}, {pi / 6, 5.0}, {5.0, -0.45}},
        Row{"32", {0.1}, {2.0, 3.0}, {3.0, -6.3}},  // -0.3 - 8 + 2
        Row{"34", {0.25}, {pi / 3, 7.0}, {7.0, 0.25 * std::sqrt(3.0) / 2}},
        // tan(pi/4) = 1 and sin^2 = cos^2 = 1/2 there.
        Row{"35", {4.0}, {pi / 6, pi / 4}, {std::sqrt(3.0) / 2, 0.5 * 2.5}},
        Row{"35", {4.0}, {pi / 3, -pi / 3}, {-0.5 / std::sqrt(3.0), std::sqrt(3.0) / 2 * 3.25}},
        Row{"37", {0.5}, {2.0, 3.0}, {3.0, -6.5}},           // -1.5 * 3 - 2
        Row{"38", {2.0}, {3.0, 1.0}, {-10.0, -1.5}},         // 2 * (3 + 1 - 9)
        Row{"39", {2.0, 0.5}, {3.0, 0.25}, {-0.25, -7.75}},  // 0.5 + 2.25 - 3; 0.5 - 6 - 2.25
        Row{"40", {0.5}, {2.0, 3.0}, {3.0, -6.5}}));         // 1.5 * (-3) - 2

TEST(OdebenchFamilies, AreTenAndDescribeEveryStateAndParameter)
{
  Registry registry;
  register_odebench_families(registry);

  auto const known = registry.list<Family>();

  ASSERT_EQ(known.size(), 10u);
  for (auto const &[id, about] : known) {
    auto const family = make_family(id);
    EXPECT_EQ(family->id(), id);
    EXPECT_FALSE(family->name().empty());
    EXPECT_EQ(family->dimension(), 2);
    EXPECT_EQ(family->parameter_names().size(), id == "25" || id == "39" ? 2u : 1u) << id;
    EXPECT_EQ(family->units().size(), 2 + family->parameter_names().size()) << id;
  }
}

TEST(OdebenchFamilies, AnUnknownFamilyIsAnInputErrorThatListsTheKnownOnes)
{
  try {
    make_family("26");
    FAIL() << "family 26 is not two-dimensional";
  } catch (InputError const &error) {
    EXPECT_NE(std::string(error.what()).find("25"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace tessera::domains
