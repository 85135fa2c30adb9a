#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tessera/domains/trajectories.hpp>

// The files of a published folder beside its arrays: their names, and what the JSON ones say.
namespace tessera::io {

/// Two splits over the same environments, and how their archives may be called; the first naming
/// is the one that is written.
struct PublishedPair {
  domains::Trajectories domains::Dataset::*first;
  domains::Trajectories domains::Dataset::*second;
  std::vector<std::pair<std::string, std::string>> names;  ///< without .npz
  bool required;
};
std::span<PublishedPair const> published_pairs();

std::filesystem::path archive_of(std::filesystem::path const &folder, std::string const &name);
std::filesystem::path environments_of(std::filesystem::path const &folder, std::string const &name);
std::filesystem::path names_of(std::filesystem::path const &folder);

/// The naming of a pair in this folder; nothing where no file of it is there. Throws InputError
/// where only one of two files is there (the second of a required pair may be absent), where
/// several namings are, or none of a required pair.
std::optional<std::pair<std::string, std::string>> find_pair(std::filesystem::path const &folder,
                                                             PublishedPair const &pair);

/// Parameters of one environment by name, in the order of the file.
using NamedParameters = std::vector<std::pair<std::string, double>>;

/// One entry of an _envs.json file.
struct FamilyList {
  std::string id;  ///< empty: unknown
  std::vector<NamedParameters> environments;
};

/// Throws InputError.
std::vector<FamilyList> read_family_lists(std::filesystem::path const &file);
/// Throws IoError.
void write_family_lists(std::filesystem::path const &file, std::vector<FamilyList> const &families);

/// Which names dataset.json states; the others are the reader's to make up.
struct StatedNames {
  bool name = false, family_names = false, state_names = false, parameter_names = false,
       units = false;
};

/// Takes names of families, states, parameters and units from dataset.json. Throws InputError.
StatedNames read_names(std::filesystem::path const &file, domains::Dataset &data);
/// Throws IoError.
void write_names(std::filesystem::path const &file, domains::Dataset const &data);

}  // namespace tessera::io
