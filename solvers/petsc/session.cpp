#include "session.hpp"

#include <string>

#include <tessera/core/error.hpp>

namespace tessera::solvers::petsc {

Session::Session()
{
  PetscBool up = PETSC_FALSE;
  PetscInitialized(&up);
  if (!up) throw Error("PETSc is not up; make one tessera::Runtime before anything else");
  check(PetscOptionsCreate(&options_), "making an options database");
  PetscOptionsPush(options_);
  PetscPushErrorHandler(PetscReturnErrorHandler, nullptr);
}

Session::~Session()
{
  PetscPopErrorHandler();
  PetscOptionsPop();
  PetscOptionsDestroy(&options_);
}

void check(PetscErrorCode code, char const *what)
{
  if (code == 0) return;
  char const *text = nullptr;
  PetscErrorMessage(code, &text, nullptr);
  throw Error(std::string("PETSc, ") + what + ": " + (text ? text : "unknown error") + " (" +
              std::to_string(static_cast<int>(code)) + ")");
}

}  // namespace tessera::solvers::petsc
