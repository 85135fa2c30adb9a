#include <tessera/io/checkpoint.hpp>

#include <algorithm>
#include <iterator>
#include <sstream>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include <tessera/core/error.hpp>

#include <tessera/io/whole_file.hpp>
#include "checkpoint_folder.hpp"
#include "hdf5.hpp"
#include "sealed_file.hpp"

namespace tessera::io {
namespace {

constexpr std::int64_t format_version = 2;

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

[[noreturn]] void refuse(std::string const &where, std::string const &why)
{
  throw IoError(where + ": " + why +
                "; the file is not damaged but comes from another config or version of the "
                "program: resume with those, or start anew with --force or another --out");
}

/// Throws unless the stored array can be read into the item's memory.
void check_item(hdf5::Group const &group, State::Item const &item)
{
  hdf5::Dataset const dataset = group.dataset(item.name);
  std::int64_t const version = dataset.attribute("version").number();
  if (version != item.version) {
    refuse(dataset.where(),
           fmt::format("is of version {}, this program needs version {}", version, item.version));
  }
  std::visit(
      [&]<class Memory>(Memory const &memory) {
        using T = typename decltype(numbers(memory))::element_type;
        if (!dataset.holds<T>()) {
          refuse(dataset.where(), "holds another type of number than this run needs");
        }
        if (!fits(memory, dataset.size())) {
          refuse(dataset.where(), fmt::format("holds {} numbers, this run needs {}", dataset.size(),
                                              numbers(memory).size()));
        }
      },
      item.memory);
}

/// What an item is read into before its memory is touched.
using Numbers = std::variant<std::vector<float>, std::vector<double>, std::vector<std::int64_t>,
                             std::vector<std::uint64_t>, std::vector<std::int32_t>>;

Numbers read_item(hdf5::Group const &group, State::Item const &item)
{
  hdf5::Dataset const dataset = group.dataset(item.name);
  return std::visit(
      [&]<class Memory>(Memory const &memory) -> Numbers {
        using T = typename decltype(numbers(memory))::element_type;
        std::vector<T> values(dataset.size());
        dataset.read(std::span(values));
        return values;
      },
      item.memory);
}

void restore_item(Numbers const &read, State::Item const &item)
{
  std::visit(
      [&]<class Memory>(Memory const &memory) {
        using T = typename decltype(numbers(memory))::element_type;
        auto const &values = std::get<std::vector<T>>(read);
        resize(memory, values.size());
        std::copy(values.begin(), values.end(), numbers(memory).begin());
      },
      item.memory);
}

/// All names must be there, and for a `whole` state no others: they would be lost silently.
void check_names(hdf5::Group const &group, State const &state, bool whole)
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
    refuse(group.where(), fmt::format("{} {}", what, fmt::join(rest, ", ")));
  };
  complain(needed, stored, "does not hold");
  if (whole) complain(stored, needed, "holds what this run does not know:");
}

void check_format(hdf5::File const &file)
{
  std::int64_t const version = file.attribute("tessera_format").number();
  if (version == format_version) return;
  refuse(file.where(), fmt::format("is a checkpoint of format {}, this program reads format {}",
                                   version, format_version));
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
    file.attribute("data").write(header.data);
    hdf5::Group const group = file.make_group("state");
    std::vector<std::string> names;
    for (State::Item const &item : state.items()) {
      write_item(group, item);
      names.push_back(item.name);
    }
    group.attribute("names").write(names);
    write_whole(path, sealed(file.image()));
  }
  prune_checkpoints(folder, path, keep);
  return path;
}

namespace {

/// Digests are words, one for each split: "train:0123456789abcdef test:…".
void check_data(hdf5::File const &file, std::string const &wanted)
{
  auto const attribute = file.attribute("data");
  std::string const found = attribute.exists() ? attribute.text() : "";
  if (found.empty() || wanted.empty() || found == wanted) return;
  std::istringstream before(found), now(wanted);
  std::vector<std::string> others;
  for (std::string a, b; before >> a && now >> b;) {
    if (a != b) others.push_back(b.substr(0, b.find(':')));
  }
  throw InputError(
      fmt::format("{}: was trained on other data than these{}; resume with the data it was started "
                  "with, or start anew with --force or another --out",
                  file.where().substr(0, file.where().find(":/")),
                  others.empty() ? "" : fmt::format(" ({} changed)", fmt::join(others, ", "))));
}

CheckpointHeader read_into(std::filesystem::path const &path, State &state, bool whole,
                           std::string const &data)
{
  check_seal(path);
  hdf5::File const file(path);
  check_format(file);
  check_data(file, data);
  hdf5::Group const group = file.group("state");
  check_names(group, state, whole);
  for (State::Item const &item : state.items()) check_item(group, item);
  CheckpointHeader header{file.attribute("step").number(), file.attribute("config").text(), data};
  // All is in our hands before the first number of the state changes.
  std::vector<Numbers> read;
  for (State::Item const &item : state.items()) read.push_back(read_item(group, item));
  for (std::size_t i = 0; i < read.size(); ++i) restore_item(read[i], state.items()[i]);
  return header;
}

}  // namespace

CheckpointHeader read_checkpoint(std::filesystem::path const &path, State &state,
                                 std::string const &data)
{
  return read_into(path, state, true, data);
}

CheckpointHeader read_checkpoint_part(std::filesystem::path const &path, State &state)
{
  return read_into(path, state, false, {});
}

}  // namespace tessera::io
