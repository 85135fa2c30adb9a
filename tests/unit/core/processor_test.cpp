#include <gtest/gtest.h>

#include <tessera/core/built_abi.hpp>
#include <tessera/core/pack.hpp>
#include <tessera/core/processor.hpp>

namespace tessera {
namespace {

// Others are played in tests/cli/processor_test.py.
TEST(Processor, ThatRunsTheTestsIsFit)
{
  EXPECT_EQ(unfit_processor(), nullptr);
}

TEST(Processor, OfTheLibraryHoldsThePacksOfItsUsers)
{
  EXPECT_EQ(TESSERA_PACK_ABI, TESSERA_BUILT_PACK_ABI);
  EXPECT_STREQ(TESSERA_PACK_NAME, TESSERA_BUILT_PACK_NAME);
  EXPECT_EQ(Pack<float>::width == 1, TESSERA_PACK_ABI == 1);
}

}  // namespace
}  // namespace tessera
