// A learnt expert under two of Boost.Odeint's steppers:  learnt_field RUN ENVIRONMENT X0 X1 …
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include <boost/numeric/odeint.hpp>

#include <tessera/core/runtime.hpp>
#include <tessera/model/model.hpp>

namespace odeint = boost::numeric::odeint;
using State = std::vector<double>;

namespace {

void print(std::string const &stepper, State const &x)
{
  std::cout << stepper;
  for (double value : x) std::cout << ' ' << value;
  std::cout << '\n';
}

}  // namespace

int main(int argc, char **argv)
try {
  tessera::Runtime const runtime(argc, argv);
  if (argc < 4) throw std::invalid_argument("learnt_field RUN ENVIRONMENT X0 X1 …");
  auto const model = tessera::model::Model::load(argv[1]);
  auto const field = model.vector_field(model.trained(std::strtoul(argv[2], nullptr, 10)));
  State start;
  for (int i = 3; i < argc; ++i) start.push_back(std::strtod(argv[i], nullptr));

  State controlled = start;
  odeint::integrate_adaptive(
      odeint::make_controlled<odeint::runge_kutta_cash_karp54<State>>(1e-9, 1e-9), field,
      controlled, 0.0, 1.0, 1e-2);
  print("adaptive Cash-Karp:", controlled);

  State fixed = start;
  odeint::integrate_const(odeint::runge_kutta4<State>(), field, fixed, 0.0, 1.0, 1e-3);
  print("Runge-Kutta 4:     ", fixed);
} catch (std::exception const &error) {
  std::cerr << error.what() << '\n';
  return 1;
}
