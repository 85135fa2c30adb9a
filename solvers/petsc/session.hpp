#pragma once

#include <petscsys.h>

// What every use of PETSc here begins with.
namespace tessera::solvers::petsc {

/// While it lives PETSc prints no error traces, and sees an empty options database instead of the
/// host's. Throws Error where PETSc is not up.
class Session {
 public:
  Session();
  ~Session();
  Session(Session const &) = delete;
  Session &operator=(Session const &) = delete;

 private:
  PetscOptions options_ = nullptr;
};

/// Owns one object of PETSc; `destroy` is its XxxDestroy.
template <class T, PetscErrorCode (*destroy)(T *)>
class Handle {
 public:
  Handle() = default;
  ~Handle() { destroy(&object_); }
  Handle(Handle const &) = delete;
  Handle &operator=(Handle const &) = delete;

  T *out() { return &object_; }
  operator T() const { return object_; }

 private:
  T object_ = nullptr;
};

/// Throws Error with PETSc's own word for `code` where that is not success.
void check(PetscErrorCode code, char const *what);

}  // namespace tessera::solvers::petsc
