#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/io/run_folder.hpp>

#include "temporary_folder.hpp"

namespace {

namespace fs = std::filesystem;
using tessera::io::FolderMode;
using tessera::io::RunFolder;
using ::testing::HasSubstr;

void put(fs::path const &file, std::string const &text)
{
  fs::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

std::string error_of(fs::path const &path, FolderMode mode)
{
  try {
    RunFolder folder(path, mode);
    folder.begin();
  } catch (tessera::InputError const &error) {
    return error.what();
  }
  return "";
}

TEST(RunFolder, IsMadeWithItsParents)
{
  TemporaryFolder const place;

  RunFolder folder(place / "runs/a/", FolderMode::fresh);
  folder.begin();

  EXPECT_EQ(folder.path(), place / "runs/a");
  EXPECT_TRUE(fs::is_directory(folder.checkpoints()));
}

TEST(RunFolder, TakesAnEmptyFolderOnce)
{
  TemporaryFolder const place;
  fs::create_directories(place / "a");

  EXPECT_EQ(error_of(place / "a", FolderMode::fresh), "");
  EXPECT_THAT(error_of(place / "a", FolderMode::fresh), HasSubstr("--resume"));
}

TEST(RunFolder, RefusesANonEmptyFolderAndSaysWhatToDo)
{
  TemporaryFolder const place;
  put(place / "a/notes.txt", "mine");

  std::string const text = error_of(place / "a", FolderMode::fresh);

  EXPECT_THAT(text, HasSubstr((place / "a").string()));
  EXPECT_THAT(text, HasSubstr("--resume"));
  EXPECT_THAT(text, HasSubstr("--force"));
  EXPECT_THAT(text, HasSubstr("--out"));
  EXPECT_FALSE(fs::exists(place / "a/checkpoints"));
}

TEST(RunFolder, ForceEmptiesAFolderWithRunJson)
{
  TemporaryFolder const place;
  put(place / "a/run.json", "{}");
  put(place / "a/checkpoints/step_00000001.h5", "old");
  put(place / "a/plots/loss.png", "old");

  RunFolder folder(place / "a", FolderMode::force);
  folder.begin();

  EXPECT_TRUE(fs::is_empty(folder.checkpoints()));
  EXPECT_FALSE(fs::exists(place / "a/plots"));
  EXPECT_FALSE(fs::exists(place / "a/run.json"));
}

TEST(RunFolder, ForceLeavesAFolderWithoutRunJsonAlone)
{
  TemporaryFolder const place;
  put(place / "a/thesis.tex", "years of work");

  EXPECT_THAT(error_of(place / "a", FolderMode::force), HasSubstr("run.json"));
  EXPECT_TRUE(fs::exists(place / "a/thesis.tex"));
}

TEST(RunFolder, ForceDoesNotFollowLinksOutOfTheFolder)
{
  TemporaryFolder const place;
  put(place / "data/truth.h5", "truth");
  put(place / "a/run.json", "{}");
  fs::create_directory_symlink(place / "data", place / "a/data");

  RunFolder folder(place / "a", FolderMode::force);
  folder.begin();

  EXPECT_TRUE(fs::exists(place / "data/truth.h5"));
}

TEST(RunFolder, ForceTouchesNothingUntilTheRunBegins)
{
  TemporaryFolder const place;
  put(place / "a/run.json", "{}");
  put(place / "a/summary.json", "finished");

  {
    RunFolder const folder(place / "a", FolderMode::force);
  }

  EXPECT_EQ(read_text(place / "a/summary.json"), "finished");
  EXPECT_FALSE(fs::exists(place / "a/run.lock"));
}

TEST(RunFolder, IsGoneAgainWhereTheRunNeverBegan)
{
  TemporaryFolder const place;

  {
    RunFolder const folder(place / "a", FolderMode::fresh);
  }

  EXPECT_FALSE(fs::exists(place / "a"));
}

TEST(RunFolder, IsLockedWhileItLivesWhateverTheMode)
{
  TemporaryFolder const place;
  {
    RunFolder folder(place / "a", FolderMode::fresh);
    folder.begin();
    folder.write("run.json", "{}");

    for (auto const mode : {FolderMode::fresh, FolderMode::resume, FolderMode::force}) {
      std::string const text = error_of(place / "a", mode);
      EXPECT_THAT(text, HasSubstr("in use by process " + std::to_string(getpid()) + " on host "));
    }
  }

  EXPECT_EQ(error_of(place / "a", FolderMode::resume), "");
  EXPECT_FALSE(fs::exists(place / "a/run.lock"));
}

TEST(RunFolder, ALockThatAKilledProcessLeftIsTaken)
{
  TemporaryFolder const place;
  put(place / "a/run.lock", "process 1 on host elsewhere\n");

  EXPECT_EQ(error_of(place / "a", FolderMode::fresh), "");
}

TEST(RunFolder, AFolderOfSomebodysOwnIsNotEvenLocked)
{
  TemporaryFolder const place;
  put(place / "a/thesis.tex", "years of work");
  auto const before = fs::last_write_time(place / "a");

  EXPECT_THAT(error_of(place / "a", FolderMode::fresh), HasSubstr("not empty"));

  EXPECT_EQ(fs::last_write_time(place / "a"), before);
}

TEST(RunFolder, ResumeKeepsEverything)
{
  TemporaryFolder const place;
  put(place / "a/run.json", "{}");
  put(place / "a/checkpoints/step_00000001.h5", "old");

  RunFolder folder(place / "a", FolderMode::resume);
  folder.begin();

  EXPECT_TRUE(fs::exists(folder.checkpoints() / "step_00000001.h5"));
}

TEST(RunFolder, ResumeStartsWhereThereIsNothing)
{
  TemporaryFolder const place;

  RunFolder folder(place / "a", FolderMode::resume);
  folder.begin();

  EXPECT_TRUE(fs::is_directory(folder.checkpoints()));
}

TEST(RunFolder, ResumeRefusesAFolderThatIsNoRun)
{
  TemporaryFolder const place;
  put(place / "a/thesis.tex", "years of work");

  EXPECT_THAT(error_of(place / "a", FolderMode::resume), HasSubstr("no run folder"));
}

TEST(RunFolder, RefusesAFile)
{
  TemporaryFolder const place;
  put(place / "a", "text");

  EXPECT_THAT(error_of(place / "a", FolderMode::fresh), HasSubstr("is a file"));
}

TEST(RunFolder, ReplacesATextFileWhole)
{
  TemporaryFolder const place;
  RunFolder const folder(place / "a", FolderMode::fresh);

  folder.write("summary.json", "a long first text\n");
  folder.write("summary.json", "second\n");

  EXPECT_EQ(read_text(place / "a/summary.json"), "second\n");
  EXPECT_FALSE(holds_temporaries(place.path()));
}

/// Lets no file of this process grow beyond `bytes`, as a full disk would.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN))
  {
    getrlimit(RLIMIT_FSIZE, &old_);
    rlimit const limit{bytes, old_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit()
  {
    setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }

 private:
  rlimit old_{};
  void (*old_handler_)(int);
};

TEST(RunFolder, KeepsTheOldTextWhenTheNewOneDoesNotFit)
{
  TemporaryFolder const place;
  RunFolder const folder(place / "a", FolderMode::fresh);
  folder.write("summary.json", "old\n");

  {
    FileSizeLimit const limit(4096);
    EXPECT_THROW(folder.write("summary.json", std::string(100'000, 'x')), tessera::IoError);
  }

  EXPECT_EQ(read_text(place / "a/summary.json"), "old\n");
  EXPECT_FALSE(holds_temporaries(place.path()));
}

}  // namespace
