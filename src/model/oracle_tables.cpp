#include <cmath>

#include <fmt/format.h>

#include <tessera/core/rng.hpp>
#include <tessera/core/stop.hpp>

#include "oracle.hpp"

namespace tessera::model {
namespace {

using namespace constraint;

std::string percent(double value)
{
  return fmt::format("{:.4f}", 100 * value);
}

/// A table's rows as Markdown.
class Markdown {
 public:
  explicit Markdown(std::string const &title)
      : text_("### " + title +
              "\n\n| rows | N | K | rel L2 mean, % | std | max | steps | frozen | converged | jump "
              "| mass defect | condition | s a solve |\n|---|---|---|---|---|---|---|---|---|---|"
              "---|---|---|\n")
  {
  }
  void add(OracleRow const &r)
  {
    text_ += fmt::format(
        "| {} | {} | {} | {} | {} | {} | {} | {} | {}/{} | {:.0e} | {:.1e} | {:.0e} | {:.3f} |\n",
        r.label, r.functions, r.boxes, percent(r.error_mean), percent(r.error_std),
        percent(r.error_max), r.iterations, r.frozen, r.converged, r.samples, r.jump, r.mass,
        r.condition, r.seconds);
  }
  void say(std::string const &sentence) { text_ += "\n" + sentence + "\n"; }
  std::string text() const { return text_ + "\n"; }

 private:
  std::string text_;
};

LayerOptions unlifted()
{
  LayerOptions options;
  options.rows.lift = false;
  return options;
}

/// Rows of every kind on the best basis there is, one domain.
std::string rows_table(OracleFields const &fields, Progress &progress)
{
  std::vector<std::pair<std::string, LayerOptions>> cases;
  auto add = [&](std::string const &label, auto const &change) {
    LayerOptions options = unlifted();
    change(options.rows);
    cases.emplace_back(label, options);
  };
  add("norm of one step", [](RowOptions &) {});
  add("plain norm", [](RowOptions &r) { r.norm = RowNorm::plain; });
  add("lifted", [](RowOptions &r) { r.lift = true; });
  add("BDF2", [](RowOptions &r) { r.time = TimeScheme::bdf2; });
  add("logarithmic", [](RowOptions &r) { r.time = TimeScheme::logarithmic; });
  add("backward Euler", [](RowOptions &r) { r.time = TimeScheme::backward_euler; });
  add("conservative", [](RowOptions &r) { r.form = domains::Form::conservative; });
  add("over 8 cells", [](RowOptions &r) { r.cells = 8; });
  add("early 0.05", [](RowOptions &r) { r.early = 0.05; });
  add("early 0.1", [](RowOptions &r) { r.early = 0.1; });
  add("early 0.2", [](RowOptions &r) { r.early = 0.2; });
  add("early 0.2, plain", [](RowOptions &r) { r.early = 0.2, r.norm = RowNorm::plain; });
  add("early 0.2, BDF2", [](RowOptions &r) { r.early = 0.2, r.time = TimeScheme::bdf2; });
  add("early 0.2, conservative",
      [](RowOptions &r) { r.early = 0.2, r.form = domains::Form::conservative; });
  for (bool const carried : {false, true}) {
    add(carried ? "the same, propagated" : "logarithmic, spreading, lifted", [=](RowOptions &r) {
      r.time = TimeScheme::logarithmic, r.spreading = 20, r.lift = true;
      if (carried) r.norm = RowNorm::propagated;
    });
  }
  add("early 0.1, lifted", [](RowOptions &r) { r.early = 0.1, r.lift = true; });
  Markdown table("Rows: POD basis, one domain");
  progress.start("rows", 3 * cases.size());
  std::size_t done = 0;
  for (int functions : {3, 5, 8}) {
    auto const plain = fields.pod(functions, false), lifted = fields.pod(functions, true);
    for (auto const &[label, options] : cases) {
      table.add(measure(fields, label, options.rows.lift ? *lifted : *plain, options, 1, 1));
      progress.update(++done);
    }
  }
  return table.text();
}

struct FixedCase {
  int in_t, in_x;  ///< Legendre products
  std::size_t boxes_t, boxes_x;
};

std::string fixed_table(OracleFields const &fields, Progress &progress)
{
  std::vector<FixedCase> const cases{{2, 4, 1, 1},  {4, 4, 1, 1}, {4, 8, 1, 1}, {6, 10, 1, 1},
                                     {8, 12, 1, 1}, {4, 4, 1, 4}, {2, 8, 1, 4}, {5, 3, 1, 4},
                                     {4, 4, 2, 2},  {4, 4, 1, 8}, {4, 4, 2, 4}};
  Markdown table("Fixed bases, lifted or not, without training (10 samples)");
  progress.start("fixed bases", 4 * cases.size() + 8);
  std::size_t done = 0;
  for (bool const lift : {true, false}) {
    for (RowNorm const norm : {RowNorm::step, RowNorm::plain}) {
      LayerOptions options;
      options.rows.lift = lift;
      options.rows.norm = norm;
      std::string const how =
          fmt::format("{}, {}", norm == RowNorm::step ? "step" : "plain", lift ? "lifted" : "not");
      for (auto const &c : cases) {
        auto const bank = make_legendre_basis(c.in_t, c.in_x);
        table.add(measure(fields,
                          fmt::format("Legendre {}x{} in {}x{} boxes, {}", c.in_t, c.in_x,
                                      c.boxes_t, c.boxes_x, how),
                          *bank, options, c.boxes_t, c.boxes_x, 10));
        progress.update(++done);
      }
      if (norm == RowNorm::plain) continue;
      for (int functions : {8, 16}) {
        auto const random = make_random_features(functions, 0),
                   profile = make_similarity_basis(functions);
        table.add(measure(fields, "random smooth features, " + how, *random, options, 1, 1, 10));
        table.add(measure(fields, "similarity profiles, " + how, *profile, options, 1, 1, 10));
        progress.update(done += 2);
      }
    }
  }
  return table.text();
}

/// The published rows: the least cost of five starts, and what the truth itself would cost.
std::string reference_table(OracleFields const &fields, std::uint64_t seed, Progress &progress)
{
  LayerOptions options = unlifted();
  options.rows.kind = RowKind::reference;
  options.solver.max_iterations = 100;
  std::string text =
      "### Reference rows: POD basis, one domain, least cost of five starts (5 samples)\n\n"
      "| N | rel L2 mean, % | max | cost | cost of the truth in the same span |\n"
      "|---|---|---|---|---|\n";
  std::size_t const samples = std::min<std::size_t>(5, fields.problems.size());
  domains::Partition const whole(fields.grid, 1, 1);
  ConstraintLayer const layer(whole, options);
  progress.start("reference rows", 3 * samples);
  std::size_t done = 0;
  for (int functions : {4, 8, 12}) {
    auto const bank = fields.pod(functions, false);
    auto const gathered = layer.gather(*bank, fields.problems[0]);
    double mean = 0, largest = 0, cost = 0, truth_cost = 0;
    for (std::size_t k = 0; k < samples; ++k) {
      throw_if_stopped();
      PlacedSolution best;
      for (int start = 0; start < 5; ++start) {
        std::vector<double> first(std::size_t(functions), 1.);
        Rng rng(seed, "oracle.reference.start", k, std::uint64_t(start));
        for (double &w : first) w = start == 0 ? 1 : start == 1 ? 0 : rng.normal();
        auto solution = layer.solve(gathered, fields.problems[k], first);
        if (best.w.empty() || solution.cost < best.cost) best = std::move(solution);
      }
      double const error = domains::relative_l2(best.field, fields.unseen[k]);
      mean += error / double(samples);
      largest = std::max(largest, error);
      cost += best.cost / double(samples);
      truth_cost +=
          reference_cost(fields.problems[k], fields.grid, fields.unseen[k]) / double(samples);
      progress.update(++done);
    }
    text += fmt::format("| {} | {} | {} | {:.4f} | {:.4f} |\n", functions, percent(mean),
                        percent(largest), cost, truth_cost);
  }
  return text + "\n";
}

std::string coupling_table(OracleFields const &fields, std::uint64_t seed, Progress &progress)
{
  std::vector<std::pair<std::string, Coupling>> const couplings{
      {"joint", Coupling::joint},
      {"schwarz", Coupling::schwarz},
      {"partition_of_unity", Coupling::partition_of_unity},
      {"none", Coupling::none}};
  Markdown table("Experts by place: POD basis, N = 5, boxes in x");
  auto const bank = fields.pod(5, false);
  auto const rotated = make_rotated_basis(*bank, seed);
  progress.start("couplings", 17);
  std::size_t done = 0;
  for (auto const &[label, coupling] : couplings) {
    for (std::size_t const boxes : {1, 4, 8}) {
      LayerOptions options = unlifted();
      options.coupling = coupling;
      table.add(measure(fields, label, *bank, options, 1, boxes));
      progress.update(++done);
      if (boxes == 1) continue;
      table.add(measure(fields, label + ", rotated", *rotated, options, 1, boxes));
    }
  }
  LayerOptions global = unlifted();
  global.coupling = Coupling::none;
  global.rows.boundary = true;
  table.add(measure(fields, "none, boundary rows in every box", *bank, global, 1, 4));
  return table.text();
}

std::string noise_table(OracleFields const &fields, std::uint64_t seed, Progress &progress)
{
  std::string text =
      "### White noise in the basis: rel L2 mean, % (POD basis, N = 5, one domain, early 0.1, 5 "
      "samples)\n\n| norm | noise | 1 cell | 4 cells | 8 cells | 16 cells |\n|---|---|---|---|---|"
      "---|\n";
  auto const bank = fields.pod(5, false);
  progress.start("noise", 32);
  std::size_t done = 0;
  for (RowNorm const norm : {RowNorm::step, RowNorm::plain}) {
    for (double const amplitude : {0., 6e-8, 3e-7, 1e-6}) {
      auto const noisy = make_noisy_basis(*bank, amplitude, seed);
      text += fmt::format("| {} | {:.0e} |", norm == RowNorm::step ? "step" : "plain", amplitude);
      for (std::size_t const cells : {1, 4, 8, 16}) {
        LayerOptions options = unlifted();
        options.rows.norm = norm;
        options.rows.cells = cells;
        options.rows.early = 0.1;
        text +=
            fmt::format(" {} |", percent(measure(fields, "", *noisy, options, 1, 1, 5).error_mean));
        progress.update(++done);
      }
      text += "\n";
    }
  }
  return text + "\n";
}

}  // namespace

std::vector<std::string> table_names()
{
  return {"rows", "fixed", "reference", "coupling", "noise"};
}

void try_table(std::string const &name, OracleFields const &fields)
{
  bool const boxes = name == "fixed" || name == "coupling";
  LayerOptions options = unlifted();
  options.rows.cells = name == "noise" ? 16 : name == "rows" ? 8 : 1;
  int const modes = name == "rows" ? 8 : name == "reference" ? 12 : name == "fixed" ? 1 : 5;
  try_layer(fields, *fields.pod(modes, false), options, 1, boxes ? 8 : 1);
  if (name == "fixed") domains::Partition(fields.grid, 2, 4);
}

std::string make_table(std::string const &name, OracleFields const &fields, std::uint64_t seed,
                       Progress &progress)
{
  if (name == "rows") return rows_table(fields, progress);
  if (name == "fixed") return fixed_table(fields, progress);
  if (name == "reference") return reference_table(fields, seed, progress);
  if (name == "coupling") return coupling_table(fields, seed, progress);
  return noise_table(fields, seed, progress);
}

}  // namespace tessera::model
