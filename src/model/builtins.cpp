#include <tessera/model/experiment.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/domains/dataset_source.hpp>
#include <tessera/domains/dynamics.hpp>
#include <tessera/domains/equations.hpp>
#include <tessera/domains/family.hpp>
#include <tessera/domains/odebench.hpp>
#include <tessera/domains/pde_family.hpp>
#include <tessera/domains/typed_pde.hpp>
#include <tessera/fields/coda.hpp>
#include <tessera/fields/geps.hpp>
#include <tessera/fields/ncf.hpp>
#include <tessera/meta/gates/least_squares.hpp>
#include <tessera/meta/gates/softmax.hpp>
#include <tessera/model/run_kind.hpp>
#include <tessera/model/seams.hpp>
#include <tessera/model/sink.hpp>

#include "file_sources.hpp"

namespace tessera::model {
namespace {

using Names = std::vector<std::pair<std::string, std::string>>;

/// Gates that `make` makes of Options.
template <class Options>
struct KindOfGate final : GateKind {
  using Make = std::unique_ptr<meta::Gate> (*)(Options const &, int);
  KindOfGate(Options o, Make m) : options(std::move(o)), maker(m) {}
  std::unique_ptr<meta::Gate> make(int experts) const override { return maker(options, experts); }
  Options options;
  Make maker;
};

template <class Options>
void add_gate(Registry &registry, std::string const &score, std::string const &about,
              typename KindOfGate<Options>::Make make)
{
  registry.add<GateKind>(score, about, [make](Section &s) {
    return std::make_unique<KindOfGate<Options>>(Options::read(s), make);
  });
}

std::string table(std::string const &title, Names const &names)
{
  std::string text = title + "\n";
  std::size_t width = 16;
  for (auto const &[name, about] : names) width = std::max(width, name.size());
  for (auto const &[name, about] : names) text += fmt::format("  {:<{}} {}\n", name, width, about);
  return text;
}

}  // namespace

void register_builtins(Registry &registry)
{
  domains::register_odebench(registry);
  domains::register_dynamics(registry);
  domains::register_equations(registry);
  domains::register_pde_families(registry);
  domains::register_typed_family(registry);
  register_file_sources(registry);
  fields::register_geps(registry);
  fields::register_ncf(registry);
  fields::register_coda(registry);
  add_gate<meta::GateOptions>(registry, "least_squares",
                              "k-means over contexts, matched to experts, linear gate",
                              meta::make_least_squares_gate);
  add_gate<meta::SoftmaxOptions>(registry, "softmax",
                                 "shares by expectation-maximisation over losses",
                                 meta::make_softmax_gate);
  registry.add<SolverKind>("tsit5", "explicit Runge-Kutta 5(4), adaptive, a trajectory per lane",
                           [](Section &s) {
                             auto kind = std::make_unique<SolverKind>();
                             kind->control = solvers::StepControl::read(s);
                             return kind;
                           });
  register_sinks(registry);
  register_run_kinds(registry);
}

std::string list(std::string const &seam, Registry const &registry)
{
  std::vector<std::pair<std::string, Names>> const all{
      {"run_kinds", registry.list<RunKind>()},
      {"domains", registry.list<domains::DatasetSource>()},
      {"families", registry.list<domains::Family>()},
      {"pde_families", registry.list<domains::PdeFamily>()},
      {"experts", registry.list<experts::ExpertKind>()},
      {"gates", registry.list<GateKind>()},
      {"solvers", registry.list<SolverKind>()},
      {"sinks", registry.list<Sink>()}};
  std::string text;
  std::vector<std::string> known;
  for (auto const &[title, names] : all) {
    known.push_back(title);
    if (seam.empty() || seam == title) text += table(title, names);
  }
  if (!text.empty()) return text;
  auto const near = nearest_word(seam, known);
  throw InputError(fmt::format("\"{}\" is none of {}{}", seam, fmt::join(known, ", "),
                               near ? "; did you mean \"" + *near + "\"?" : ""));
}

}  // namespace tessera::model
