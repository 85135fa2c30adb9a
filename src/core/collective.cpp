#include <tessera/core/collective.hpp>

#include <new>
#include <string>

#include <tessera/core/error.hpp>
#include <tessera/core/stop.hpp>

namespace tessera {

namespace {

enum Kind : int { other, memory, solver, io, input, config, stop };

struct Told {
  Kind kind;
  std::string text;
};

Told tell(std::exception_ptr const &thrown)
{
  try {
    std::rethrow_exception(thrown);
  } catch (ConfigError const &error) {
    return {config, error.what()};
  } catch (InputError const &error) {
    return {input, error.what()};
  } catch (IoError const &error) {
    return {io, error.what()};
  } catch (SolverError const &error) {
    return {solver, error.what()};
  } catch (Stopped const &error) {
    return {stop, error.what()};
  } catch (std::bad_alloc const &) {
    return {memory, {}};
  } catch (std::exception const &error) {
    return {other, error.what()};
  } catch (...) {
    return {other, "an exception of unknown kind"};
  }
}

[[noreturn]] void rethrow(Told const &told)
{
  switch (told.kind) {
    case config:
      throw ConfigError(told.text);
    case input:
      throw InputError(told.text);
    case io:
      throw IoError(told.text);
    case solver:
      throw SolverError(told.text);
    case stop:
      throw Stopped(told.text);
    case memory:
      throw std::bad_alloc();
    case other:
      break;
  }
  throw Error(told.text);
}

}  // namespace

void throw_together(MPI_Comm comm, std::exception_ptr own)
{
  int rank = 0, size = 1;
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &size);
  int const mine = own ? rank : size;
  int first = size;
  MPI_Allreduce(&mine, &first, 1, MPI_INT, MPI_MIN, comm);
  if (first == size) return;
  Told told = rank == first ? tell(own) : Told{};
  int words[2] = {told.kind, static_cast<int>(told.text.size())};
  MPI_Bcast(words, 2, MPI_INT, first, comm);
  told.kind = static_cast<Kind>(words[0]);
  told.text.resize(static_cast<std::size_t>(words[1]));
  MPI_Bcast(told.text.data(), words[1], MPI_CHAR, first, comm);
  rethrow(told);
}

}  // namespace tessera
