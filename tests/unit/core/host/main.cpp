// runtime_host CASE: a host of Tessera's, one case a process, as MPI and Kokkos start only once in
// each. Ends with 0 where everything is as it should be.
#include <petscsys.h>
#include <signal.h>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <Kokkos_Core.hpp>

#include <tessera/core/error.hpp>
#include <tessera/core/runtime.hpp>

namespace {

using tessera::Runtime;

int failures = 0;

void expect(bool fact, char const *text)
{
  if (fact) return;
  std::fprintf(stderr, "not so: %s\n", text);
  ++failures;
}

bool kokkos_computes()
{
  long sum = 0;
  Kokkos::parallel_reduce(
      "tessera::test::sum", 1000, KOKKOS_LAMBDA(int i, long &part) { part += i; }, sum);
  return sum == 499500;
}

bool mpi_sums(MPI_Comm comm)
{
  int one = 1, sum = 0, size = 0;
  MPI_Comm_size(comm, &size);
  MPI_Allreduce(&one, &sum, 1, MPI_INT, MPI_SUM, comm);
  return MPI_Barrier(comm) == MPI_SUCCESS && sum == size;
}

void work_in_a_runtime(int &argc, char **&argv)
{
  Runtime const runtime(argc, argv);
  expect(kokkos_computes(), "Kokkos computes inside a Runtime");
  expect(mpi_sums(runtime.comm()), "MPI works inside a Runtime");
  PetscBool petsc_up = PETSC_FALSE;
  PetscInitialized(&petsc_up);
  expect(petsc_up, "PETSc is up inside a Runtime");
}

std::string refusal_of_a_runtime(int &argc, char **&argv)
{
  try {
    Runtime const runtime(argc, argv);
  } catch (tessera::Error const &error) {
    return error.what();
  }
  return {};
}

void below_mpi(int argc, char **argv)
{
  MPI_Init(&argc, &argv);
  work_in_a_runtime(argc, argv);
  expect(mpi_sums(MPI_COMM_WORLD), "the host's MPI outlives the Runtime");
  expect(refusal_of_a_runtime(argc, argv).starts_with("Kokkos has ended"), "Kokkos is named");
  expect(mpi_sums(MPI_COMM_WORLD), "the host's MPI outlives a refused Runtime");
  MPI_Finalize();
}

void below_mpi_and_kokkos(int argc, char **argv)
{
  MPI_Init(&argc, &argv);
  Kokkos::initialize(argc, argv);
  for (int i = 0; i < 2; ++i) work_in_a_runtime(argc, argv);
  expect(kokkos_computes(), "the host's Kokkos outlives the Runtimes");
  expect(mpi_sums(MPI_COMM_WORLD), "the host's MPI outlives the Runtimes");
  Kokkos::finalize();
  MPI_Finalize();
}

void below_everything(int argc, char **argv)
{
  MPI_Init(&argc, &argv);
  PetscInitializeNoArguments();
  Kokkos::initialize(argc, argv);
  work_in_a_runtime(argc, argv);
  PetscBool petsc_up = PETSC_FALSE;
  PetscInitialized(&petsc_up);
  expect(petsc_up, "the host's PETSc outlives the Runtime");
  expect(kokkos_computes(), "the host's Kokkos outlives the Runtime");
  expect(mpi_sums(MPI_COMM_WORLD), "the host's MPI outlives the Runtime");
  Kokkos::finalize();
  PetscFinalize();
  MPI_Finalize();
}

void nested(int argc, char **argv)
{
  Runtime const outer(argc, argv);
  work_in_a_runtime(argc, argv);
  expect(kokkos_computes(), "the outer Runtime's Kokkos outlives the inner Runtime");
  expect(mpi_sums(outer.comm()), "the outer Runtime's MPI outlives the inner Runtime");
}

void twice(int argc, char **argv)
{
  work_in_a_runtime(argc, argv);
  expect(refusal_of_a_runtime(argc, argv).starts_with("MPI has ended"), "MPI is named");
}

// Kokkos takes its own words and leaves the host's, in their order.
void words(int, char **)
{
  char program[] = "host", first[] = "--first", kokkos[] = "--kokkos-num-threads=1",
       second[] = "second";
  char *list[] = {program, first, kokkos, second, nullptr};
  char **argv = list;
  int argc = 4;
  Runtime const runtime(argc, argv);
  expect(argc == 3, "one word is taken");
  expect(!std::strcmp(argv[1], "--first") && !std::strcmp(argv[2], "second"), "others stay");
}

void own_handler(int, siginfo_t *, void *) {}

bool is_own(int number)
{
  struct sigaction now = {};
  sigaction(number, nullptr, &now);
  return (now.sa_flags & SA_SIGINFO) && (now.sa_flags & SA_RESTART) &&
         now.sa_sigaction == own_handler && sigismember(&now.sa_mask, SIGUSR2) == 1;
}

// What the host set is there, bit for bit, while a Runtime lives and behind it.
void signals(int argc, char **argv)
{
  std::vector<int> numbers;
  for (int number = 1; number < NSIG; ++number) {
    struct sigaction own = {};
    own.sa_sigaction = own_handler;
    own.sa_flags = SA_SIGINFO | SA_RESTART;
    sigaddset(&own.sa_mask, SIGUSR2);
    if (sigaction(number, &own, nullptr) == 0) numbers.push_back(number);
  }
  expect(numbers.size() > 28, "signals can be handled");
  auto const all_own = [&] {
    for (int const number : numbers) {
      if (is_own(number)) continue;
      std::fprintf(stderr, "signal %d (%s)\n", number, strsignal(number));
      return false;
    }
    return true;
  };
  {
    Runtime const runtime(argc, argv);
    expect(all_own(), "the host's handlers stand while a Runtime lives");
  }
  expect(all_own(), "the host's handlers stand behind a Runtime");
}

void static_runtime(int argc, char **argv)
{
  static Runtime const runtime(argc, argv);
  expect(kokkos_computes(), "Kokkos computes inside a static Runtime");
}

// Made before any static of Kokkos, and so destroyed behind them all.
std::unique_ptr<Runtime> held_for_ever;

void runtime_for_ever(int argc, char **argv)
{
  held_for_ever = std::make_unique<Runtime>(argc, argv);
  expect(kokkos_computes(), "Kokkos computes inside a Runtime that a static owns");
}

struct Case {
  char const *name;
  void (*run)(int, char **);
};

constexpr Case cases[] = {{"mpi", below_mpi},         {"kokkos", below_mpi_and_kokkos},
                          {"all", below_everything},  {"nested", nested},
                          {"twice", twice},           {"words", words},
                          {"signals", signals},       {"static", static_runtime},
                          {"owned", runtime_for_ever}};

}  // namespace

int main(int argc, char **argv)
{
  for (Case const &one : cases) {
    if (argc == 2 && !std::strcmp(argv[1], one.name)) {
      one.run(argc, argv);
      return failures == 0 ? 0 : 1;
    }
  }
  std::fprintf(stderr, "runtime_host: there is no such case\n");
  return 2;
}
