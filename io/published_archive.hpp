#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <tessera/domains/trajectories.hpp>

// One archive of a published folder: the arrays t and X of one split, flat or per family.
namespace tessera::io {

struct PublishedArchive {
  std::filesystem::path file;
  domains::Trajectories split;  ///< environments family after family
  std::size_t families = 0;     ///< length of the family axis; 0: flat
  bool described = false;       ///< an _envs.json said what the environments are
  /// What stands beside the states, as environments' names and parameters; either may be absent.
  std::vector<std::string> names, parameter_names;
  bool has_parameters = false;

  /// What messages about one of its arrays begin with.
  std::string array(char const *name) const { return file.string() + ": array " + name; }
};

/// Reads and checks the arrays; nothing is known of the environments then. Throws InputError.
PublishedArchive read_published_archive(std::filesystem::path const &file);

/// Writes the arrays. Throws InputError where environments that must share a time grid (those of
/// a family, or all of a flat archive) do not, IoError where the file cannot be written.
void write_published_archive(PublishedArchive const &archive);

/// Refuses what write_published_archive would. Throws InputError.
void check_grids(PublishedArchive const &archive);

}  // namespace tessera::io
