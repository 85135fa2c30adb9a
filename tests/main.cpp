#include <gtest/gtest.h>

#include <tessera/core/runtime.hpp>

int main(int argc, char **argv)
{
  ::testing::InitGoogleTest(&argc, argv);
  tessera::Runtime runtime(argc, argv);
  return RUN_ALL_TESTS();
}
