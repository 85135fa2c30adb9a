#include <tessera/io/csv_data.hpp>

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/stop.hpp>

#include "support/refusal.hpp"
#include "temporary_folder.hpp"

namespace tessera::io {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class CsvFolder : public testing::Test {
 protected:
  void write(std::string const &name, std::string const &text)
  {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  std::string refused()
  {
    return refusal([&] { read_csv_folder(folder_ / "."); });
  }
  domains::Dataset read() { return read_csv_folder(folder_ / "."); }
  TemporaryFolder folder_;
};

TEST_F(CsvFolder, EveryTableIsASystemWhereNothingListsThem)
{
  write("b.csv", "t,x,y\n0,1,2\n0.5,3,4\n");
  write("a.csv", "t,x,y\n0,5,6\n0.5,7,8\n");

  auto const data = read();

  ASSERT_EQ(data.train.size(), 2u);
  EXPECT_EQ(data.train.environments[0].name, "a");
  EXPECT_EQ(data.train.environments[1].name, "b");
  EXPECT_EQ(data.train.environments[1].family, -1);
  EXPECT_THAT(data.state_names, ElementsAre("x", "y"));
  EXPECT_THAT(data.train.states, ElementsAre(5, 6, 7, 8, 1, 2, 3, 4));
  EXPECT_THAT(data.train.times, ElementsAre(0, 0.5, 0, 0.5));
  EXPECT_EQ(data.test.size(), 0u);
}

TEST_F(CsvFolder, TheListGathersTrajectoriesAndParametersOfSystems)
{
  write("systems.csv",
        "file,system,length,mass\r\nlong_0.csv,\"the \"\"long\"\", one\",2,1e-3\r\n"
        "short.csv,short,0.5,+7\r\nlong_1.csv,\"the \"\"long\"\", one\",2,0.001\r\n"
        "short_1.csv,short,.5,7\r\n\r\n");
  for (std::string const name : {"long_0", "short", "long_1", "short_1", "other"}) {
    write(name + ".csv",
          "\xef\xbb\xbftime, angle\r\n0," + std::to_string(name.size()) + "\r\n 1 , 2e0 \r\n");
  }

  auto const data = read();

  ASSERT_EQ(data.train.size(), 2u);
  EXPECT_EQ(data.train.count, 2u);
  EXPECT_EQ(data.train.environments[0].name, "the \"long\", one");
  EXPECT_THAT(data.train.environments[0].parameters, ElementsAre(2, 1e-3));
  EXPECT_THAT(data.train.environments[1].parameters, ElementsAre(0.5, 7));
  EXPECT_THAT(data.parameter_names[0], ElementsAre("length", "mass"));
  EXPECT_THAT(data.train.states, ElementsAre(6, 2, 6, 2, 5, 2, 7, 2));
  EXPECT_THAT(data.remark, HasSubstr("1 tables"));
}

TEST_F(CsvFolder, MistakesOfATableAreNamedWithLineAndColumn)
{
  std::string const good = "t,x\n0,1\n1,2\n";
  for (auto const &[text, place, advice] : {
           std::tuple{std::string(), "a.csv:1:1", "write a header"},
           {"t,x\n", "a.csv:2:1", "write one for each stored time"},
           {"x,t\n1,0\n", "a.csv:1:1", "put the time first"},
           {",t,x\n0,0,1\n", "a.csv:1:1", "index=False"},
           {"t;x\n0;1\n", "a.csv:1:1", "commas"},
           {"t\n0\n", "a.csv:1:1", "no state"},
           {"t,x,x\n0,1,2\n", "a.csv:1:5", "twice"},
           {"t,\1,\1\n0,1,2\n", "a.csv:1:5", "twice"},
           {"t,x," + std::string(257, 'y') + "\n0,1,2\n", "a.csv:1:5", "too long"},
           {"t,x\n0,1\n1\n", "a.csv:3:1", "has 1 values where the header has 2"},
           {"t,x\n0,1\n1,2,3\n", "a.csv:3:5", "has 3 values where the header has 2"},
           {"t,x\n0,1\n1,one\n", "a.csv:3:3", "\"one\" is not a finite number"},
           {"t,x\n0,1\n1,\n", "a.csv:3:3", "no value stands here"},
           {"t,x\n0,1\n1,nan\n", "a.csv:3:3", "not a finite number"},
           {"t,x\n0,1\n1,1e999\n", "a.csv:3:3", "not a finite number"},
           {"t,x\n0,1\n0,2\n", "a.csv:3:1", "sort the rows by time"},
           {"t,x\n0,\"1\n1,2\n", "a.csv:2:3", "not closed"},
           {"t,x\n0,\"1\"2\n1,2\n", "a.csv:2:3", "behind the closing quote"},
           {"t,x\n0,1\n1,1,5\n", "a.csv:3:5", "commas between them"},
       }) {
    write("a.csv", text);
    write("b.csv", good);

    EXPECT_THAT(refused(), AllOf(HasSubstr(place), HasSubstr(advice))) << text;
  }
}

TEST_F(CsvFolder, TablesThatDoNotGoTogetherAreRefused)
{
  write("a.csv", "t,x\n0,1\n1,2\n");
  write("b.csv", "t,y\n0,1\n1,2\n");
  EXPECT_THAT(refused(), AllOf(HasSubstr("b.csv:1:1"), HasSubstr("y where a.csv has x")));

  write("b.csv", "t,x\n0,1\n1,2\n2,3\n");
  EXPECT_THAT(refused(), AllOf(HasSubstr("b.csv:3:1"), HasSubstr("3 times where a.csv has 2")));

  write("b.csv", "t,x\n0,1\n1.5,2\n");
  write("systems.csv", "file,system\na.csv,one\nb.csv,one\n");
  EXPECT_THAT(refused(), AllOf(HasSubstr("b.csv:3:1"), HasSubstr("the time 1.5 where")));

  write("c.csv", "t,x\n0,1\n1.5,2\n");
  write("systems.csv", "file,system\na.csv,one\nb.csv,two\nc.csv,two\n");
  EXPECT_THAT(refused(), HasSubstr("system two has 2 trajectories where one has 1"));
}

TEST_F(CsvFolder, MistakesOfTheListAreNamedWithLineAndColumn)
{
  write("a.csv", "t,x\n0,1\n1,2\n");
  for (auto const &[text, place, advice] : {
           std::tuple{"system,file\n", "systems.csv:1:1", "file,system"},
           {"file,system\n", "systems.csv:2:1", "lists no file"},
           {"file,system\nb.csv,one\n", "systems.csv:2:1", "no file b.csv"},
           {"file,system\n../a.csv,one\n", "systems.csv:2:1", "in this folder"},
           {"file,system\n/etc/passwd,one\n", "systems.csv:2:1", "in this folder"},
           {"file,system\na.csv,one\na.csv,two\n", "systems.csv:3:1", "line 2 too"},
           {"file,system\na.csv,\n", "systems.csv:2:7", "no name"},
           {"file,system,k\na.csv,one,big\n", "systems.csv:2:11", "not a finite number"},
       }) {
    write("systems.csv", text);

    EXPECT_THAT(refused(), AllOf(HasSubstr(place), HasSubstr(advice))) << text;
  }
  write("b.csv", "t,x\n0,1\n1,2\n");
  write("systems.csv", "file,system,k\na.csv,one,1\nb.csv,one,2\n");
  EXPECT_THAT(refused(), AllOf(HasSubstr("systems.csv:3:11"), HasSubstr("k = 2 of system one")));
}

TEST_F(CsvFolder, ReadingStopsWhereAStopIsAskedFor)
{
  std::string text = "t,x\n";
  for (int k = 0; k < 5000; ++k) text += std::to_string(k) + ",1\n";
  write("a.csv", text);

  request_stop();
  EXPECT_THROW(read(), Stopped);
  clear_stop();

  EXPECT_EQ(read().train.points, 5000u);
}

TEST_F(CsvFolder, ATableThatIsWrittenIsReadBack)
{
  CsvTrajectory const written{{"x, m", "\"y\"", " z"}, {0, 0.1}, {1. / 3, 2, 0, 1e-300, -4, 0}, {}};

  write_csv_trajectory(folder_ / "a.csv", written);

  CsvTrajectory const read = read_csv_trajectory(folder_ / "a.csv");
  EXPECT_EQ(read.state_names, written.state_names);
  EXPECT_EQ(read.times, written.times);
  EXPECT_EQ(read.states, written.states);
}

}  // namespace
}  // namespace tessera::io
