#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <tessera/core/error.hpp>
#include <tessera/io/checkpoint.hpp>

#include "../io/hdf5.hpp"
#include "../io/sealed_file.hpp"
#include "temporary_folder.hpp"

namespace tessera::io {
namespace {

using testing::HasSubstr;

/// One item of every kind of memory.
struct Memory {
  std::vector<float> bank{1.5f, -2.0f, 3.25f};
  std::vector<double> gate{0.1, 1e-300};
  std::vector<std::int64_t> assignment{-1, 7};
  std::vector<std::uint64_t> rng{~std::uint64_t{0}};
  std::vector<float> losses{1.0f};
  std::vector<double> history{1.0, 2.0, 3.0};
  std::vector<std::int64_t> order;
  int version = 1;

  State state()
  {
    State state;
    state.add("bank/geps/weights", version, std::span(bank));
    state.add("gate", 1, std::span(gate));
    state.add("assignment", 1, std::span(assignment));
    state.add("rng", 1, std::span(rng));
    state.add("losses", 1, &losses);
    state.add("history", 1, &history);
    state.add("order", 1, &order);
    return state;
  }
};

/// The text of the IoError that reading ends with.
std::string refusal(std::filesystem::path const &file, State state)
{
  try {
    read_checkpoint(file, state);
  } catch (IoError const &error) {
    return error.what();
  }
  return "no error";
}

void overwrite(std::filesystem::path const &file, std::size_t offset, std::string const &bytes)
{
  std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
  out.seekp(static_cast<std::streamoff>(offset));
  out << bytes;
}

TEST(Checkpoint, GivesEveryKindOfMemoryBackBitForBit)
{
  TemporaryFolder folder;
  Memory run, other;
  other.bank = {0, 0, 0};
  other.gate = {0, 0};
  other.assignment = {0, 0};
  other.rng = {0};
  other.losses = {5, 5, 5, 5};
  other.history.clear();
  other.order = {1, 2};

  auto const file = write_checkpoint(folder.path(), run.state(), {12, "[run]\nseed = 3\n"});
  State state = other.state();
  CheckpointHeader const header = read_checkpoint(file, state);

  EXPECT_EQ(file.filename(), "step_00000012.h5");
  EXPECT_EQ(header.step, 12);
  EXPECT_EQ(header.config, "[run]\nseed = 3\n");
  EXPECT_EQ(other.bank, run.bank);
  EXPECT_EQ(other.gate, run.gate);
  EXPECT_EQ(other.assignment, run.assignment);
  EXPECT_EQ(other.rng, run.rng);
  EXPECT_EQ(other.losses, run.losses);
  EXPECT_EQ(other.history, run.history);
  EXPECT_TRUE(other.order.empty());
}

TEST(Checkpoint, LargerThanOneChunkComesBack)
{
  TemporaryFolder folder;
  std::vector<double> values(300'000), back(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i * i);
  State out, in;
  out.add("values", 1, std::span(values));
  in.add("values", 1, std::span(back));

  read_checkpoint(write_checkpoint(folder.path(), out, {1, ""}), in);

  EXPECT_EQ(values, back);
}

TEST(Checkpoint, OfAnotherVersionIsRefusedAndChangesNothing)
{
  TemporaryFolder folder;
  Memory run, other;
  other.version = 2;
  other.gate = {8.0, 9.0};

  auto const file = write_checkpoint(folder.path(), run.state(), {1, ""});

  EXPECT_THAT(refusal(file, other.state()),
              testing::AllOf(HasSubstr("/state/bank/geps/weights"), HasSubstr("version 1"),
                             HasSubstr("version 2")));
  EXPECT_EQ(other.gate, (std::vector<double>{8.0, 9.0}));
}

TEST(Checkpoint, OfAnotherSizeIsRefused)
{
  TemporaryFolder folder;
  Memory run, other;
  other.bank.resize(4);

  auto const file = write_checkpoint(folder.path(), run.state(), {1, ""});

  EXPECT_THAT(refusal(file, other.state()),
              testing::AllOf(HasSubstr("bank/geps/weights"), HasSubstr("3"), HasSubstr("4")));
}

TEST(Checkpoint, OfAnotherNumberTypeIsRefused)
{
  TemporaryFolder folder;
  std::vector<float> single{1.0f};
  std::vector<double> twice{1.0};
  State out, in;
  out.add("weights", 1, std::span(single));
  in.add("weights", 1, std::span(twice));

  auto const file = write_checkpoint(folder.path(), out, {1, ""});

  EXPECT_THAT(refusal(file, in), HasSubstr("another type of number"));
}

TEST(Checkpoint, WithOtherNamesIsRefusedBothWays)
{
  TemporaryFolder folder;
  std::vector<double> values{1.0};
  State one, two;
  one.add("a", 1, std::span(values));
  two.add("a", 1, std::span(values));
  two.add("b", 1, std::span(values));

  auto const small = write_checkpoint(folder.path(), one, {1, ""});
  auto const large = write_checkpoint(folder.path(), two, {2, ""});

  EXPECT_THAT(refusal(small, two), HasSubstr("does not hold b"));
  EXPECT_THAT(refusal(large, one), HasSubstr("does not know: b"));
}

TEST(Checkpoint, WithAChangedByteInItsNumbersIsRefused)
{
  TemporaryFolder folder;
  std::vector<double> values(64, 1.25);
  State state;
  state.add("values", 1, std::span(values));
  auto const file = write_checkpoint(folder.path(), state, {1, ""});
  std::string const pattern(reinterpret_cast<char const *>(values.data()), 64);
  std::size_t const place = read_text(file).find(pattern);
  ASSERT_NE(place, std::string::npos);

  overwrite(file, place + 16, "\x01");

  EXPECT_THAT(refusal(file, state), HasSubstr("is damaged: its checksum does not fit"));
}

TEST(Checkpoint, WithAnyChangedByteIsRefusedAndChangesNothing)
{
  TemporaryFolder folder;
  Memory run, other;
  other.bank = {7, 8, 9};
  auto const file = write_checkpoint(folder.path(), run.state(), {1, "[run]\nseed = 3\n"});
  std::string const good = read_text(file);

  for (std::size_t place = 0; place < good.size(); place += 13) {
    overwrite(file, place, std::string(1, static_cast<char>(good[place] ^ 0x10)));
    ASSERT_THAT(refusal(file, other.state()), HasSubstr("is damaged")) << "byte " << place;
    overwrite(file, place, good.substr(place, 1));
  }

  EXPECT_EQ(other.bank, (std::vector<float>{7, 8, 9}));
  EXPECT_EQ(refusal(file, other.state()), "no error");
}

TEST(Checkpoint, CutOffIsRefusedWithBothLengths)
{
  TemporaryFolder folder;
  Memory run;
  auto const file = write_checkpoint(folder.path(), run.state(), {1, ""});
  auto const whole = std::filesystem::file_size(file);

  std::filesystem::resize_file(file, whole - 100);

  EXPECT_THAT(refusal(file, run.state()), HasSubstr("it holds " + std::to_string(whole - 612) +
                                                    " bytes of " + std::to_string(whole - 512)));
}

TEST(Checkpoint, KeepsTheNewestAndLeavesNoTemporaryFile)
{
  TemporaryFolder folder;
  Memory run;

  for (int step : {1, 10, 20}) write_checkpoint(folder.path(), run.state(), {step, ""}, 2);

  std::vector<std::string> names;
  for (auto const &entry : std::filesystem::directory_iterator(folder.path())) {
    names.push_back(entry.path().filename());
  }
  EXPECT_THAT(names, testing::UnorderedElementsAre("step_00000010.h5", "step_00000020.h5"));
  EXPECT_EQ(newest_checkpoint(folder.path()).filename(), "step_00000020.h5");
}

TEST(Checkpoint, OfAnotherFormatOrWithoutAChecksumIsRefused)
{
  TemporaryFolder folder;
  auto save = [&](std::string const &name, bool with_seal) {
    hdf5::File const file = hdf5::File::in_memory(name);
    file.attribute("tessera_format").write(std::int64_t{3});
    std::ofstream(folder / name, std::ios::binary)
        << (with_seal ? sealed(file.image()) : file.image());
  };

  save("other.h5", true);
  save("bare.h5", false);

  EXPECT_THAT(refusal(folder / "other.h5", {}),
              testing::AllOf(HasSubstr("format 3"), HasSubstr("not damaged")));
  EXPECT_THAT(refusal(folder / "bare.h5", {}), HasSubstr("has no checksum"));
}

/// Files may not grow beyond `bytes`, as on a full disk, while this lives.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t bytes)
  {
    getrlimit(RLIMIT_FSIZE, &old_);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    rlimit const limit{bytes, old_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~SmallDisk()
  {
    setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit old_{};
  void (*handler_)(int) = nullptr;
};

TEST(Checkpoint, OnAFullDiskIsAnErrorAndTheOlderOneStays)
{
  TemporaryFolder folder;
  std::vector<double> values(10'000, 1.0);
  State state;
  state.add("values", 1, std::span(values));
  write_checkpoint(folder.path(), state, {1, ""}, 1);

  {
    SmallDisk const disk(20'000);
    EXPECT_THROW(write_checkpoint(folder.path(), state, {2, ""}, 1), IoError);
  }

  std::vector<std::filesystem::path> const files{std::filesystem::directory_iterator(folder.path()),
                                                 {}};
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(newest_checkpoint(folder.path()).filename(), "step_00000001.h5");
  EXPECT_EQ(refusal(files.front(), state), "no error");
}

TEST(Checkpoint, ThatCannotBeWrittenLeavesTheOlderOne)
{
  TemporaryFolder folder;
  Memory run;
  write_checkpoint(folder.path(), run.state(), {1, ""});
  // A folder of the final name makes the rename fail, for root too.
  std::filesystem::create_directories(folder / "step_00000002.h5" / "in the way");

  EXPECT_THROW(write_checkpoint(folder.path(), run.state(), {2, ""}), IoError);

  EXPECT_EQ(newest_checkpoint(folder.path()).filename(), "step_00000001.h5");
  EXPECT_FALSE(holds_temporaries(folder.path()));
}

}  // namespace
}  // namespace tessera::io
