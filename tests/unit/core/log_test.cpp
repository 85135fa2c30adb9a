#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/core/log.hpp>

#include "unit/io/temporary_folder.hpp"

namespace tessera {
namespace {

using ::testing::HasSubstr;

TEST(Log, AppendsTimedLinesToItsFileAndShowsOnlyWhatMattersOnTheTerminal)
{
  TemporaryFolder const folder;
  auto const file = folder / "log.txt";
  std::ofstream(file) << "before\n";
  ::testing::internal::CaptureStderr();

  Log const log = make_program_log(file.string(), LogLevel::warning);
  log.info("step {}", 3);
  log.warning("slow");
  std::string const terminal = ::testing::internal::GetCapturedStderr();
  std::stringstream text;
  text << std::ifstream(file).rdbuf();

  EXPECT_EQ(terminal, "warning: slow\n");
  EXPECT_TRUE(text.str().starts_with("before\n20"));
  EXPECT_THAT(text.str(), HasSubstr(" info: step 3\n"));
  EXPECT_THAT(text.str(), HasSubstr(" warning: slow\n"));
}

TEST(Log, SaysWhichFileItCannotWrite)
{
  EXPECT_THROW(make_program_log("/proc/no/such/folder/log.txt", LogLevel::warning), IoError);
}

TEST(Log, LinesWaitForAFileThatIsNamedLater)
{
  TemporaryFolder const folder;
  LateLog late(LogLevel::error);
  Log const log = late.log();

  log.info("first");
  late.open((folder / "log.txt").string());
  log.info("second");

  std::string const text = read_text(folder / "log.txt");
  EXPECT_THAT(text, HasSubstr(" info: first\n20"));
  EXPECT_THAT(text, HasSubstr(" info: second\n"));
}

TEST(Log, IsSilentByDefault)
{
  ::testing::internal::CaptureStderr();

  Log().error("nobody hears this");

  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace tessera
