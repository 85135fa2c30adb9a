#include <tessera/model/run_kind.hpp>

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include <tessera/core/error.hpp>

#include "run_kinds.hpp"

namespace tessera::model {
namespace {

using Words = std::vector<std::string>;
using Kinds = std::map<std::string, std::unique_ptr<RunKind>>;

/// What a config is where its tables fit several kinds.
constexpr char usual[] = "mixture";

bool holds(Words const &words, std::string const &word)
{
  return std::find(words.begin(), words.end(), word) != words.end();
}

Kinds all_kinds(Config const &config, Registry const &registry)
{
  Kinds kinds;
  for (auto const &[name, about] : registry.list<RunKind>()) {
    kinds.emplace(name, registry.make_named<RunKind>(name, config.section("experiment")));
  }
  return kinds;
}

/// The tables that some kind reads.
Words tables_of_all(Kinds const &kinds)
{
  Words tables;
  for (auto const &[name, kind] : kinds) {
    for (auto const &table : kind->tables()) {
      if (!holds(tables, table)) tables.push_back(table);
    }
  }
  return tables;
}

Words readers(Kinds const &kinds, std::string const &table)
{
  Words names;
  for (auto const &[name, kind] : kinds) {
    if (holds(kind->tables(), table)) names.push_back(name);
  }
  return names;
}

/// Names of the kinds that read most of these tables.
Words likeliest(Kinds const &kinds, Words const &tables)
{
  Words best;
  long most = -1;
  for (auto const &[name, kind] : kinds) {
    Words const own = kind->tables();
    long const count = std::count_if(tables.begin(), tables.end(),
                                     [&](std::string const &table) { return holds(own, table); });
    if (count > most) best.clear();
    if (count >= most) best.push_back(name);
    most = std::max(most, count);
  }
  return best;
}

std::string choose(Section experiment, Kinds const &kinds, Words const &tables)
{
  Words names;
  for (auto const &[name, kind] : kinds) names.push_back(name);
  Words const likely = likeliest(kinds, tables);
  bool const open = likely.size() > 1 && !holds(likely, usual);
  if (open && !experiment.has("type")) {
    experiment.fail("type", fmt::format("is missing, and the tables of this config fit runs of "
                                        "type {}; write which in [experiment]",
                                        fmt::join(likely, " and ")));
  }
  return experiment.choose("type", holds(likely, usual) ? usual : likely.front(), names);
}

/// Refuses tables that only other kinds read.
void refuse_foreign(Config const &config, Kinds const &kinds, std::string const &chosen,
                    bool by_key)
{
  Words const own = kinds.at(chosen)->tables();
  Words lines;
  for (auto const &table : config.tables()) {
    if (holds(own, table)) continue;
    Words const others = readers(kinds, table);
    Words reason;
    for (auto const &mark : config.tables()) {
      if (holds(own, mark) && !holds(kinds.at(others.front())->tables(), mark)) {
        reason.push_back("[" + mark + "]");
      }
    }
    lines.push_back(fmt::format(
        "{}: [{}] is a table of runs of type {}, and this one is of type {}{}; take the table out, "
        "or set experiment.type",
        config.section(table).where(), table, fmt::join(others, " and "), chosen,
        by_key || reason.empty() ? "" : fmt::format(" for it has {}", fmt::join(reason, ", "))));
  }
  if (!lines.empty()) throw ConfigError(fmt::format("{}", fmt::join(lines, "\n")));
}

}  // namespace

TrainedModel RunKind::load(std::filesystem::path const &run, Registry const &) const
{
  throw InputError(run.string() +
                   ": is a run that trains nothing, so it left no model; name a run of a mixture "
                   "or of experts by place");
}

void register_run_kinds(Registry &registry)
{
  register_mixture_kind(registry);
  register_place_kind(registry);
  register_oracle_kind(registry);
}

NamedKind kind_of(Config const &config, Registry const &registry)
{
  Kinds kinds = all_kinds(config, registry);
  if (kinds.empty()) throw Error("no kind of run is registered; call register_builtins first");
  config.require_tables(tables_of_all(kinds));
  Section const experiment = config.section("experiment");
  bool const by_key = experiment.has("type");
  std::string const chosen = choose(experiment, kinds, config.tables());
  refuse_foreign(config, kinds, chosen, by_key);
  return {chosen, std::move(kinds.at(chosen))};
}

Config config_of_run(std::filesystem::path const &run)
{
  auto const config = run / "config.resolved.toml";
  if (std::filesystem::exists(config)) return Config::load(config);
  throw InputError(config.string() +
                   ": is not there; name the folder of a run (it holds config.resolved.toml and "
                   "checkpoints/)");
}

TrainedModel load_model(std::filesystem::path const &run, Registry const &registry)
{
  return kind_of(config_of_run(run), registry).kind->load(run, registry);
}

}  // namespace tessera::model
