#pragma once

#include <stdexcept>
#include <string>

namespace tessera {

/// What a caller of the library catches. Its text says what is wrong, where, and what to do.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The user's input cannot be used: config, arguments or data. The program ends with exit code 2.
class InputError : public Error {
 public:
  using Error::Error;
};

/// A config key, value or override is wrong; the text starts with file:line:column.
class ConfigError : public InputError {
 public:
  using InputError::InputError;
};

/// A file cannot be read or written, or holds something else than it should.
class IoError : public Error {
 public:
  using Error::Error;
};

/// A computation cannot go on (every solve failed, parameters became non-finite). Exit code 1.
class SolverError : public Error {
 public:
  using Error::Error;
};

/// Our own mistake: a broken precondition inside the library.
[[noreturn]] void assertion_failed(char const *expression, char const *file, int line);

}  // namespace tessera

#ifndef NDEBUG
#define TESSERA_ASSERT(expression) \
  ((expression) ? void(0) : ::tessera::assertion_failed(#expression, __FILE__, __LINE__))
#else
#define TESSERA_ASSERT(expression) void(0)
#endif
