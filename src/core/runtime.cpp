#include <tessera/core/runtime.hpp>

#include <petscsys.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

#include <Kokkos_Core.hpp>

#include <tessera/core/error.hpp>
#include <tessera/core/processor.hpp>

namespace tessera {

namespace {

void refuse_unfit_processor()
{
  if (char const *sentence = unfit_processor()) throw Error(sentence);
}

void refuse_second_beginning()
{
  int mpi_down = 0;
  MPI_Finalized(&mpi_down);
  if (mpi_down) {
    throw Error(
        "MPI has ended in this process and cannot be begun twice; keep one tessera::Runtime for "
        "as long as Tessera is used, or call MPI_Init and MPI_Finalize yourself around them all");
  }
  if (Kokkos::is_finalized()) {
    throw Error(
        "Kokkos has ended in this process and cannot be begun twice; keep one tessera::Runtime "
        "for as long as Tessera is used, or call Kokkos::initialize and Kokkos::finalize yourself "
        "around them all");
  }
}

/// Signals are the host's: MPI and PETSc set handlers as they begin, and this gives back what was
/// there before.
class KeptSignals {
 public:
  KeptSignals()
  {
    for (int number = 1; number < NSIG; ++number) {
      known_[at(number)] = sigaction(number, nullptr, &action_[at(number)]) == 0;
    }
  }
  ~KeptSignals()
  {
    for (int number = 1; number < NSIG; ++number) {
      if (known_[at(number)]) sigaction(number, &action_[at(number)], nullptr);
    }
  }
  KeptSignals(KeptSignals const &) = delete;
  KeptSignals &operator=(KeptSignals const &) = delete;

 private:
  static std::size_t at(int number) { return static_cast<std::size_t>(number); }
  std::array<struct sigaction, NSIG> action_{};
  std::array<bool, NSIG> known_{};
};

/// Kokkos keeps statics of its own, and those made after a static Runtime are gone before it is. A
/// thread's objects are destroyed before all statics: as the main thread ends, so does Kokkos.
bool *owns_kokkos_still = nullptr;

struct EndOfMainThread {
  ~EndOfMainThread()
  {
    if (!owns_kokkos_still || !*owns_kokkos_still) return;
    *owns_kokkos_still = false;
    Kokkos::finalize();
  }
  void arm(bool &owns)
  {
    if (::getpid() == static_cast<pid_t>(::syscall(SYS_gettid))) owns_kokkos_still = &owns;
  }
};
thread_local EndOfMainThread end_of_main_thread;

// The library prints nothing, so Kokkos's warnings are asked for by name.
void begin_kokkos(int &argc, char **argv)
{
  char quiet[] = "--kokkos-disable-warnings", program[] = "tessera";
  std::vector<char *> words(argv, argv + argc);
  if (words.empty()) words.push_back(program);
  if (!std::getenv("KOKKOS_DISABLE_WARNINGS")) words.insert(words.begin() + 1, quiet);
  words.push_back(nullptr);
  int count = static_cast<int>(words.size()) - 1;
  Kokkos::initialize(count, words.data());
  // Kokkos has taken its own words out, and argv may only become shorter.
  argc = std::min(argc, count);
  std::copy_n(words.begin(), argc, argv);
}

}  // namespace

// By way of the private constructor: should anything throw below, the destructor ends what began.
Runtime::Runtime(int &argc, char **&argv, MPI_Comm comm) : Runtime()
{
  refuse_unfit_processor();
  refuse_second_beginning();
  KeptSignals const signals;
  int mpi_up = 0;
  MPI_Initialized(&mpi_up);
  if (!mpi_up) {
    MPI_Init(&argc, &argv);
    owns_mpi_ = true;
  }
  comm_ = comm == MPI_COMM_NULL ? MPI_COMM_WORLD : comm;

  PetscBool petsc_up = PETSC_FALSE;
  PetscInitialized(&petsc_up);
  if (!petsc_up) {
    PETSC_COMM_WORLD = comm_;
    // No argc/argv: PETSc would read our words as its options.
    if (PetscInitializeNoArguments() != 0) throw Error("PETSc could not be started");
    PetscPopSignalHandler();
    owns_petsc_ = true;
  }
  if (!Kokkos::is_initialized()) {
    begin_kokkos(argc, argv);
    owns_kokkos_ = true;
    end_of_main_thread.arm(owns_kokkos_);
  }
}

Runtime::~Runtime()
{
  KeptSignals const signals;
  if (owns_kokkos_still == &owns_kokkos_) owns_kokkos_still = nullptr;
  if (owns_kokkos_) Kokkos::finalize();
  if (owns_petsc_) PetscFinalize();
  if (owns_mpi_) MPI_Finalize();
}

int Runtime::rank() const
{
  int rank = 0;
  MPI_Comm_rank(comm_, &rank);
  return rank;
}

}  // namespace tessera
