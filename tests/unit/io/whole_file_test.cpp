#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include <tessera/core/error.hpp>
#include <tessera/io/whole_file.hpp>

#include "temporary_folder.hpp"

namespace {

using namespace tessera;
using namespace tessera::io;

TEST(WholeFile, IsOneOfTheTextsThatSeveralWriteAtOnce)
{
  TemporaryFolder const folder;
  std::atomic<int> failures{0};
  auto const write = [&](char letter) {
    for (int k = 0; k < 100; ++k) {
      try {
        write_whole(folder / "shared.txt", std::string(20'000, letter), Durability::cached);
      } catch (IoError const &) {
        ++failures;
      }
    }
  };

  std::vector<std::thread> writers;
  for (char letter : {'a', 'b', 'c', 'd'}) writers.emplace_back(write, letter);
  for (std::thread &writer : writers) writer.join();

  std::string const text = read_text(folder / "shared.txt");
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(text, std::string(20'000, text.at(0)));
  EXPECT_FALSE(holds_temporaries(folder.path()));
}

TEST(WholeFile, TemporaryNamesLieBesideTheFileAndAreNeverTheSame)
{
  std::filesystem::path const file = "some/where/a.h5";

  auto const first = temporary_beside(file), second = temporary_beside(file);

  EXPECT_NE(first, second);
  EXPECT_EQ(first.parent_path(), file.parent_path());
  EXPECT_EQ(first.extension(), ".tmp");
}

}  // namespace
