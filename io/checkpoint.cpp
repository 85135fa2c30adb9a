#include <tessera/io/checkpoint.hpp>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include <tessera/core/error.hpp>

#include "hdf5.hpp"
#include "whole_file.hpp"

namespace tessera::io {
namespace {

constexpr std::int64_t format_version = 1;

template <class T>
std::span<T> numbers(std::span<T> memory)
{
  return memory;
}
template <class T>
std::span<T> numbers(std::vector<T> *memory)
{
  return *memory;
}

template <class T>
void resize(std::span<T>, std::size_t)
{
}
template <class T>
void resize(std::vector<T> *memory, std::size_t size)
{
  memory->resize(size);
}

template <class T>
bool fits(std::span<T> memory, std::size_t size)
{
  return memory.size() == size;
}
template <class T>
bool fits(std::vector<T> *, std::size_t)
{
  return true;
}

void write_item(hdf5::Group const &group, State::Item const &item)
{
  std::visit(
      [&]<class Memory>(Memory const &memory) {
        auto const values = numbers(memory);
        using T = typename decltype(values)::element_type;
        group.write<T>(item.name, {values.size()}, values, hdf5::Storage::checked)
            .attribute("version")
            .write(item.version);
      },
      item.memory);
}

/// Throws unless the stored array can be read into the item's memory.
void check_item(hdf5::Group const &group, State::Item const &item)
{
  hdf5::Dataset const dataset = group.dataset(item.name);
  std::int64_t const version = dataset.attribute("version").number();
  if (version != item.version) {
    throw IoError(
        fmt::format("{}: is of version {}, this program needs version {}; resume with "
                    "the program that wrote it or start anew",
                    dataset.where(), version, item.version));
  }
  std::visit(
      [&]<class Memory>(Memory const &memory) {
        using T = typename decltype(numbers(memory))::element_type;
        if (!dataset.holds<T>()) {
          throw IoError(dataset.where() +
                        ": holds another type of number than this run needs; "
                        "was it written with another precision?");
        }
        if (!fits(memory, dataset.size())) {
          throw IoError(
              fmt::format("{}: holds {} numbers, this run needs {}; was it written with "
                          "another config?",
                          dataset.where(), dataset.size(), numbers(memory).size()));
        }
      },
      item.memory);
}

void read_item(hdf5::Group const &group, State::Item const &item)
{
  hdf5::Dataset const dataset = group.dataset(item.name);
  std::visit(
      [&]<class Memory>(Memory const &memory) {
        resize(memory, dataset.size());
        dataset.read(numbers(memory));
      },
      item.memory);
}

/// The names must agree both ways: what the file holds beyond them would be lost silently.
void check_names(hdf5::Group const &group, State const &state)
{
  std::vector<std::string> stored = group.attribute("names").texts(), needed;
  for (State::Item const &item : state.items()) needed.push_back(item.name);
  std::sort(stored.begin(), stored.end());
  std::sort(needed.begin(), needed.end());
  auto const complain = [&](auto const &from, auto const &without, char const *what) {
    std::vector<std::string> rest;
    std::set_difference(from.begin(), from.end(), without.begin(), without.end(),
                        std::back_inserter(rest));
    if (rest.empty()) return;
    throw IoError(fmt::format("{}: {} {}; was it written with another config?", group.where(), what,
                              fmt::join(rest, ", ")));
  };
  complain(needed, stored, "does not hold");
  complain(stored, needed, "holds what this run does not know:");
}

void check_complete(hdf5::File const &file)
{
  std::int64_t const version = file.attribute("tessera_format").number();
  if (version != format_version) {
    throw IoError(fmt::format("{}: is a checkpoint of format {}, this program reads format {}",
                              file.where(), version, format_version));
  }
  if (file.attribute("complete").number() != 1) throw IoError(file.where() + ": is not complete");
}

/// step_<digits>.h5, and nothing else a folder may hold.
bool is_checkpoint(std::filesystem::path const &file)
{
  std::string const stem = file.stem().string();
  return file.extension() == ".h5" && stem.starts_with("step_") && stem.size() > 5 &&
         std::all_of(stem.begin() + 5, stem.end(), [](unsigned char c) { return std::isdigit(c); });
}

/// Checkpoints of a folder, the newest first; nine digits sort behind eight.
std::vector<std::filesystem::path> checkpoints_of(std::filesystem::path const &folder)
{
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (auto const &entry : std::filesystem::directory_iterator(folder, error)) {
    if (is_checkpoint(entry.path())) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end(), [](auto const &a, auto const &b) {
    std::string const x = a.filename().string(), y = b.filename().string();
    return x.size() != y.size() ? x.size() > y.size() : x > y;
  });
  return files;
}

}  // namespace

std::filesystem::path write_checkpoint(std::filesystem::path const &folder, State const &state,
                                       CheckpointHeader const &header, int keep)
{
  std::filesystem::path const path = folder / fmt::format("step_{:08d}.h5", header.step);
  {
    hdf5::File const file = hdf5::File::in_memory(path);
    file.attribute("tessera_format").write(format_version);
    file.attribute("step").write(header.step);
    file.attribute("config").write(header.config);
    hdf5::Group const group = file.make_group("state");
    std::vector<std::string> names;
    for (State::Item const &item : state.items()) {
      write_item(group, item);
      names.push_back(item.name);
    }
    group.attribute("names").write(names);
    file.attribute("complete").write(std::int64_t{1});
    write_whole(path, file.image());
  }
  std::vector<std::filesystem::path> const files = checkpoints_of(folder);
  for (std::size_t i = static_cast<std::size_t>(std::max(keep, 1)); i < files.size(); ++i) {
    std::error_code ignored;  // an old file that stays does no harm
    std::filesystem::remove(files[i], ignored);
  }
  return path;
}

CheckpointHeader read_checkpoint(std::filesystem::path const &path, State &state)
{
  hdf5::File const file(path);
  check_complete(file);
  hdf5::Group const group = file.group("state");
  check_names(group, state);
  // All is checked before anything is read, so that a refusal leaves the state as it was.
  for (State::Item const &item : state.items()) check_item(group, item);
  try {
    for (State::Item const &item : state.items()) read_item(group, item);
  } catch (IoError const &error) {  // a checksum does not fit: the state is now partly overwritten
    throw IoError(std::string(error.what()) + "; the file is damaged: remove it and resume again");
  }
  return {file.attribute("step").number(), file.attribute("config").text()};
}

std::filesystem::path newest_checkpoint(std::filesystem::path const &folder)
{
  for (std::filesystem::path const &path : checkpoints_of(folder)) {
    try {
      check_complete(hdf5::File(path));
      return path;
    } catch (IoError const &) {
      continue;  // cut off or foreign: the one before it is next
    }
  }
  return {};
}

}  // namespace tessera::io
