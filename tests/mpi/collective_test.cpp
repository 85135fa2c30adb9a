#include <new>
#include <string>

#include <gtest/gtest.h>

#include <tessera/core/collective.hpp>
#include <tessera/core/error.hpp>

namespace tessera {
namespace {

int rank()
{
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}

int last_rank()
{
  int size = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  return size - 1;
}

/// The text of the Kind that this rank throws.
template <class Kind, class Work>
std::string thrown(Work work)
{
  try {
    do_together(MPI_COMM_WORLD, work);
  } catch (Kind const &error) {
    return error.what();
  }
  return "no error";
}

TEST(Collective, WithoutAnErrorNobodyThrows)
{
  EXPECT_NO_THROW(do_together(MPI_COMM_WORLD, [] {}));
}

TEST(Collective, AnErrorOfTheLastRankIsThrownByAllAsItsKind)
{
  auto const fail = [](auto error) {
    return [error] {
      if (rank() == last_rank()) throw error;
    };
  };

  EXPECT_EQ(thrown<InputError>(fail(InputError("a wrong word"))), "a wrong word");
  EXPECT_EQ(thrown<ConfigError>(fail(ConfigError("x.toml:1:1"))), "x.toml:1:1");
  EXPECT_EQ(thrown<IoError>(fail(IoError("disk full"))), "disk full");
  EXPECT_EQ(thrown<SolverError>(fail(SolverError("no step"))), "no step");
  EXPECT_EQ(thrown<Error>(fail(std::runtime_error("odd"))), "odd");
  EXPECT_THROW(do_together(MPI_COMM_WORLD, fail(std::bad_alloc())), std::bad_alloc);
}

TEST(Collective, OfSeveralErrorsTheLowestRanksIsThrown)
{
  auto const all = [] { throw Error("rank " + std::to_string(rank())); };

  EXPECT_EQ(thrown<Error>(all), "rank 0");
}

}  // namespace
}  // namespace tessera
