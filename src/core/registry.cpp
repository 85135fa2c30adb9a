#include <tessera/core/registry.hpp>

#include <fmt/format.h>

#include <tessera/core/error.hpp>

namespace tessera {

namespace {

template <class Entries>
std::vector<std::string> names_of(Entries const &entries)
{
  std::vector<std::string> names;
  for (auto const &[name, entry] : entries) names.push_back(name);
  return names;
}

std::string listed(std::vector<std::string> const &known)
{
  return known.empty() ? "none of this kind" : fmt::format("{}", fmt::join(known, ", "));
}

std::string unknown_name(std::string const &name, std::vector<std::string> const &known)
{
  std::string text = "\"" + name + "\" is not known";
  if (auto const near = nearest_word(name, known)) text += " (did you mean \"" + *near + "\"?)";
  text += "; there is " + listed(known);
  return text;
}

}  // namespace

void Registry::insert(std::type_index seam, std::string const &name, Entry entry)
{
  if (!entries_[seam].emplace(name, std::move(entry)).second) {
    throw Error("\"" + name + "\" is registered twice; give one of them another name");
  }
}

Registry::Entry const &Registry::find(std::type_index seam, Section &section,
                                      std::string const &fallback, std::string const &key) const
{
  static std::map<std::string, Entry> const none;
  auto const of_seam = entries_.find(seam);
  auto const &entries = of_seam == entries_.end() ? none : of_seam->second;
  std::string const name = section.get(key, fallback);
  if (name.empty()) {
    section.fail(key, "is missing; choose one of " + listed(names_of(entries)));
  }
  auto const entry = entries.find(name);
  if (entry == entries.end()) section.fail(key, "= " + unknown_name(name, names_of(entries)));
  return entry->second;
}

Registry::Entry const &Registry::find(std::type_index seam, std::string const &name) const
{
  static std::map<std::string, Entry> const none;
  auto const of_seam = entries_.find(seam);
  auto const &entries = of_seam == entries_.end() ? none : of_seam->second;
  auto const entry = entries.find(name);
  if (entry == entries.end()) throw InputError(unknown_name(name, names_of(entries)));
  return entry->second;
}

std::vector<std::pair<std::string, std::string>> Registry::list(std::type_index seam) const
{
  std::vector<std::pair<std::string, std::string>> result;
  auto const of_seam = entries_.find(seam);
  if (of_seam == entries_.end()) return result;
  for (auto const &[name, entry] : of_seam->second) result.emplace_back(name, entry.about);
  return result;
}

}  // namespace tessera
