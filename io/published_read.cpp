#include <algorithm>
#include <map>
#include <system_error>

#include <tessera/core/error.hpp>
#include <tessera/io/published_layout.hpp>

#include "check_dataset.hpp"
#include "published_archive.hpp"
#include "published_files.hpp"

namespace tessera::io {
namespace {

using domains::Dataset;

/// Puts the parts of a folder together, training pair first.
class Reader {
 public:
  explicit Reader(std::filesystem::path const &folder) : folder_(folder)
  {
    stated_ = read_names(names_of(folder), data_);
    for (std::size_t f = 0; stated_.parameter_names && f < data_.parameter_names.size(); ++f) {
      if (f < data_.families.size()) keys_[data_.families[f]] = data_.parameter_names[f];
    }
  }

  void read(PublishedPair const &pair)
  {
    auto const names = find_pair(folder_, pair);
    if (!names) return;
    PublishedArchive first = read_published_archive(archive_of(folder_, names->first));
    std::error_code ignored;
    if (!std::filesystem::exists(archive_of(folder_, names->second), ignored)) {
      read_alone(first, names->first);
      data_.*pair.first = std::move(first.split);
      return;
    }
    PublishedArchive second = read_published_archive(archive_of(folder_, names->second));
    check_extents(first, second);
    bool const known_before = pair.required || !data_.families.empty();
    describe(first, names->first);
    describe(second, names->second);
    if (!known_before && !data_.families.empty()) {
      fail_data((first.described ? first : second).file.string(),
                "its _envs.json names families, and nothing names those of the training "
                "environments; add train_envs.json, or remove it");
    }
    if (!first.described && !second.described) {
      enumerate(first, names->first, pair.required);
      enumerate(second, names->second, false);
    } else if (!first.described) {
      first.split.environments = second.split.environments;
    } else if (!second.described) {
      second.split.environments = first.split.environments;
    }
    take_own(first);
    take_own(second);
    share(first, second);
    share(second, first);
    check_pairing(second.file.string(), first.split, second.split,
                  names->first + " and " + names->second,
                  pair.required ? Pairing::environments : Pairing::families);
    data_.*pair.first = std::move(first.split);
    data_.*pair.second = std::move(second.split);
  }

  /// Training data without a test.
  void read_alone(PublishedArchive &archive, std::string const &name)
  {
    describe(archive, name);
    if (!archive.described) enumerate(archive, name, true);
    take_own(archive);
  }

  /// The data set, with names for all that has none.
  Dataset finish()
  {
    std::size_t const families = data_.families.size();
    if (!stated_.name) {
      auto const path = folder_.lexically_normal();
      data_.name = (path.has_filename() ? path : path.parent_path()).filename().string();
    }
    if (!stated_.family_names) data_.family_names = data_.families;
    if (!stated_.units) data_.units.resize(families);
    if (!stated_.parameter_names) {
      for (std::string const &id : data_.families) data_.parameter_names.push_back(keys_[id]);
    }
    for (std::size_t i = 0; !stated_.state_names && i < data_.train.dimension; ++i) {
      data_.state_names.push_back("x" + std::to_string(i + 1));
    }
    check_list("state_names", data_.state_names.size(), data_.train.dimension, "states");
    check_optional("family_names", data_.family_names.size());
    check_optional("parameter_names", data_.parameter_names.size());
    check_optional("units", data_.units.size());
    return std::move(data_);
  }

 private:
  /// Both hold the same environments, and states of the size that every split has.
  void check_extents(PublishedArchive const &first, PublishedArchive const &second) const
  {
    if (first.split.size() != second.split.size() ||
        (first.families > 0 && second.families > 0 && first.families != second.families)) {
      auto text = [](PublishedArchive const &a) {
        return std::to_string(a.split.size()) + " environments" +
               (a.families > 0 ? " in " + std::to_string(a.families) + " families" : "");
      };
      fail_data(second.array("X"), "holds " + text(second) + " where " +
                                       first.file.filename().string() + " holds " + text(first) +
                                       "; save the same environments in both");
    }
    std::size_t const dimension =
        data_.train.dimension > 0 ? data_.train.dimension : first.split.dimension;
    for (PublishedArchive const *archive : {&first, &second}) {
      if (archive->split.dimension == dimension) continue;
      fail_data(archive->array("X"), "has states of size " +
                                         std::to_string(archive->split.dimension) +
                                         " where the training data have size " +
                                         std::to_string(dimension) + "; save the same states");
    }
  }

  /// Index of a family, which is new where nobody named it before; -1 for the empty id.
  int index_of(std::string const &id)
  {
    if (id.empty()) return -1;
    auto const at = std::find(data_.families.begin(), data_.families.end(), id);
    auto const index = static_cast<int>(at - data_.families.begin());
    if (at == data_.families.end()) data_.families.push_back(id);
    return index;
  }

  /// Takes families and parameters from the archive's _envs.json where it is there.
  void describe(PublishedArchive &archive, std::string const &name)
  {
    std::filesystem::path const file = environments_of(folder_, name);
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) return;
    std::vector<FamilyList> const families = read_family_lists(file);
    check_lists(families, archive, file.string());
    archive.described = true;
    std::size_t next = 0;
    for (FamilyList const &family : families) {
      int const index = index_of(family.id);
      for (std::size_t e = 0; e < family.environments.size(); ++e) {
        std::string const where =
            file.string() + ": family " + family.id + ", environment " + std::to_string(e);
        archive.split.environments[next++] = {
            index, in_order(family.environments[e], keys_[family.id], where)};
      }
    }
  }

  /// The lists describe just the environments of the array.
  static void check_lists(std::vector<FamilyList> const &families, PublishedArchive const &archive,
                          std::string const &where)
  {
    std::size_t total = 0;
    for (FamilyList const &family : families) total += family.environments.size();
    bool fits = total == archive.split.size();
    if (archive.families > 0) {
      fits = fits && families.size() == archive.families;
      for (FamilyList const &family : families) {
        fits = fits && family.environments.size() * archive.families == total;
      }
    }
    if (fits) return;
    fail_data(where, "lists " + std::to_string(total) + " environments of " +
                         std::to_string(families.size()) + " families where X of " +
                         archive.file.filename().string() + " holds " +
                         std::to_string(archive.split.size()) + " of " +
                         (archive.families > 0 ? std::to_string(archive.families) : "any") +
                         "; list each environment once, in the order of X");
  }

  /// Names and parameters that stand in the archive itself; parameters are of one family where
  /// nothing names families.
  void take_own(PublishedArchive &archive)
  {
    auto &environments = archive.split.environments;
    for (std::size_t e = 0; e < archive.names.size(); ++e) environments[e].name = archive.names[e];
    if (archive.described || !archive.has_parameters) return;
    for (auto &environment : environments) {
      if (environment.family < 0) environment.family = index_of("system");
      auto const f = static_cast<std::size_t>(environment.family);
      if (keys_[data_.families[f]].empty()) keys_[data_.families[f]] = archive.parameter_names;
    }
  }

  /// What only one of two archives says of their environments holds for both.
  static void share(PublishedArchive const &from, PublishedArchive &to)
  {
    for (std::size_t e = 0; e < to.split.size(); ++e) {
      auto const &known = from.split.environments[e];
      auto &environment = to.split.environments[e];
      if (to.names.empty() && !from.names.empty()) environment.name = known.name;
      if (to.has_parameters || to.described || !from.has_parameters) continue;
      environment.family = known.family;
      environment.parameters = known.parameters;
    }
  }

  /// Values in the order of the family's names; the first environment that has any sets them.
  static std::vector<double> in_order(NamedParameters const &parameters,
                                      std::vector<std::string> &names, std::string const &where)
  {
    if (names.empty()) {
      for (auto const &[name, value] : parameters) names.push_back(name);
    }
    std::vector<double> values;
    if (parameters.empty()) return values;
    for (std::string const &name : names) {
      auto const at = std::find_if(parameters.begin(), parameters.end(),
                                   [&](auto const &item) { return item.first == name; });
      if (at == parameters.end()) fail_data(where, "has no parameter " + name + "; add it");
      values.push_back(at->second);
    }
    if (parameters.size() > names.size()) {
      fail_data(where, "has " + std::to_string(parameters.size()) +
                           " parameters where the family " + "has " + std::to_string(names.size()) +
                           "; remove those it does not have");
    }
    return values;
  }

  /// Families of a per-family archive that nothing describes: those known so far, by position.
  void enumerate(PublishedArchive &archive, std::string const &name, bool may_name)
  {
    if (archive.families == 0) return;
    if (may_name && data_.families.empty()) {
      for (std::size_t f = 0; f < archive.families; ++f) index_of(std::to_string(f));
    }
    if (data_.families.empty()) return;
    if (archive.families != data_.families.size()) {
      fail_data(archive.array("X"), "has " + std::to_string(archive.families) + " families where " +
                                        std::to_string(data_.families.size()) +
                                        " are known; say which ones in " + name + "_envs.json");
    }
    std::size_t const each = archive.split.size() / archive.families;
    for (std::size_t e = 0; e < archive.split.size(); ++e) {
      archive.split.environments[e].family = static_cast<int>(e / each);
    }
  }

  void check_list(char const *key, std::size_t length, std::size_t expected, char const *of) const
  {
    if (length == expected) return;
    fail_data(names_of(folder_).string(), std::string(key) + " has " + std::to_string(length) +
                                              " entries for " + std::to_string(expected) + " " +
                                              of + "; give one for each");
  }
  void check_optional(char const *key, std::size_t length) const
  {
    if (length > 0) check_list(key, length, data_.families.size(), "families");
  }

  std::filesystem::path folder_;
  Dataset data_;
  StatedNames stated_;
  std::map<std::string, std::vector<std::string>> keys_;  ///< parameters of each family id
};

}  // namespace

Dataset read_published(std::filesystem::path const &folder)
{
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    fail_data(folder.string(), "there is no such folder; check the path");
  }
  Reader reader(folder);
  for (PublishedPair const &pair : published_pairs()) reader.read(pair);
  return reader.finish();
}

}  // namespace tessera::io
