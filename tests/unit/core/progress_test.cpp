#include <cstdio>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/progress.hpp>

namespace tessera {
namespace {

using ::testing::HasSubstr;

/// A FILE in memory that is no terminal.
class MemoryStream {
 public:
  MemoryStream() : file_(open_memstream(&text_, &size_)) {}
  ~MemoryStream()
  {
    std::fclose(file_);
    std::free(text_);
  }
  std::FILE *file() { return file_; }
  std::string text()
  {
    std::fflush(file_);
    return {text_, size_};
  }

 private:
  char *text_ = nullptr;
  std::size_t size_ = 0;
  std::FILE *file_;
};

TEST(Progress, WritesOneLineAtTheEndOfShortWorkWhereThereIsNoTerminal)
{
  MemoryStream stream;
  Progress progress = Progress::on(stream.file(), MPI_COMM_SELF);

  progress.start("train", 1000);
  for (std::size_t i = 1; i <= 1000; ++i) progress.update(i, "loss 0.5");
  std::string const during = stream.text();
  progress.finish();
  progress.finish();

  EXPECT_EQ(during, "");
  EXPECT_EQ(stream.text(), "train: 1000 of 1000 (100 %), took 0:00, loss 0.5\n");
}

TEST(Progress, WritesNoControlCharactersWhereThereIsNoTerminal)
{
  MemoryStream stream;
  Progress progress = Progress::on(stream.file(), MPI_COMM_SELF);

  progress.start("solve", 4);
  progress.update(1);
  progress.finish();

  EXPECT_EQ(stream.text(), "solve: 1 of 4 (25 %), took 0:00\n");
}

TEST(Progress, ClosesTheWorkBeforeWhenNewWorkStarts)
{
  MemoryStream stream;
  Progress progress = Progress::on(stream.file(), MPI_COMM_SELF);

  progress.start("one", 1);
  progress.update(1);
  progress.start("two", 1);
  progress.finish();

  EXPECT_THAT(stream.text(), HasSubstr("one: 1 of 1 (100 %), took 0:00\ntwo: 0 of 1"));
}

TEST(Progress, IsSilentByDefault)
{
  Progress progress;

  progress.start("train", 10);
  progress.update(10);
  progress.finish();
}

}  // namespace
}  // namespace tessera
