#include <zip.h>

#include <algorithm>
#include <memory>
#include <system_error>

#include <tessera/core/error.hpp>
#include <tessera/core/printable.hpp>
#include <tessera/core/stop.hpp>
#include <tessera/io/numpy.hpp>

#include <tessera/io/whole_file.hpp>
#include "numpy_header.hpp"

namespace tessera::io {
namespace {

constexpr std::size_t most_values = std::size_t{1} << 28;  // of one archive: 2 GiB
constexpr std::size_t most_texts = std::size_t{1} << 16;
constexpr std::string_view suffix = ".npy";

struct Discard {
  void operator()(zip_t *archive) const { zip_discard(archive); }
  void operator()(zip_file_t *file) const { zip_fclose(file); }
  void operator()(zip_source_t *source) const { zip_source_free(source); }
};
using Archive = std::unique_ptr<zip_t, Discard>;
using File = std::unique_ptr<zip_file_t, Discard>;
using Source = std::unique_ptr<zip_source_t, Discard>;

std::string text_of(int code)
{
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

Archive open_archive(std::filesystem::path const &file)
{
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored)) {
    throw InputError(file.string() + ": there is no such file; check the path");
  }
  int error = 0;
  Archive archive(zip_open(file.c_str(), ZIP_RDONLY, &error));
  if (!archive) {
    fail_damaged(file.string(), "is no archive of NumPy arrays (.npz): " + text_of(error));
  }
  return archive;
}

/// Appends `count` bytes of the file.
void read_bytes(zip_file_t *file, std::size_t count, std::vector<std::byte> &bytes,
                std::string const &where)
{
  constexpr std::size_t most_at_once = std::size_t{1} << 24;
  std::size_t done = bytes.size();
  bytes.resize(done + count);
  while (done < bytes.size()) {
    throw_if_stopped();
    std::size_t const now = std::min(most_at_once, bytes.size() - done);
    zip_int64_t const got = zip_fread(file, bytes.data() + done, now);
    if (got < 0) fail_damaged(where, std::string("cannot be read: ") + zip_file_strerror(file));
    if (got == 0) fail_damaged(where, "ends too early");
    done += static_cast<std::size_t>(got);
  }
}

/// `length`: bytes of the whole archive; no part of it can be longer.
NpzEntry describe(zip_t *archive, zip_uint64_t index, std::uint64_t length,
                  std::string const &where)
{
  zip_stat_t stat;
  zip_uint64_t const needed = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
  zip_stat_init(&stat);
  if (zip_stat_index(archive, index, 0, &stat) != 0 || (stat.valid & needed) != needed) {
    fail_damaged(where, "is not described in the archive");
  }
  if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE) {
    throw InputError(where + ": is compressed in a way that NumPy does not use; save it with " +
                     "numpy.savez or numpy.savez_compressed");
  }
  return {std::min<std::uint64_t>(stat.comp_size, length), stat.size};
}

/// The file of one array, whole. `left`: values that the archive may still hold.
std::vector<std::byte> read_entry(zip_t *archive, zip_uint64_t index, NpzEntry const &entry,
                                  std::string const &where, bool texts, std::size_t &left)
{
  File file(zip_fopen_index(archive, index, 0));
  if (!file) fail_damaged(where, std::string("cannot be opened: ") + zip_strerror(archive));

  // The header first: it must agree with the archive before memory is taken for the values.
  std::vector<std::byte> bytes;
  std::size_t const head =
      std::min<std::uint64_t>(entry.unpacked, longest_npy_prefix + longest_npy_header);
  read_bytes(file.get(), head, bytes, where);
  NpyHeader const header = parse_npy_header(bytes, where, texts);
  check_npz_entry(header, entry, left, where);
  left -= header.count;
  read_bytes(file.get(), entry.unpacked - head, bytes, where);

  // The checksum is compared where reading meets the end.
  std::byte behind;
  if (zip_fread(file.get(), &behind, 1) != 0) {
    fail_damaged(where, "holds other bytes than were saved");
  }
  return bytes;
}

zip_uint64_t count_files(zip_t *archive)
{
  return static_cast<zip_uint64_t>(std::max<zip_int64_t>(0, zip_get_num_entries(archive, 0)));
}

/// Empty where the file is no array.
std::string name_of_array(zip_t *archive, zip_uint64_t index)
{
  char const *const file = zip_get_name(archive, index, 0);
  std::string name = file != nullptr ? file : "";
  if (!name.ends_with(suffix)) return {};
  name.resize(name.size() - suffix.size());
  return name;
}

bool is_wanted(std::string const &name, std::vector<std::string> const &wanted)
{
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), name) != wanted.end();
}

[[noreturn]] void fail_missing(std::filesystem::path const &file, std::string const &name,
                               std::vector<std::string> const &present)
{
  std::string text = file.string() + ": there is no array " + name + "; it holds ";
  for (std::size_t i = 0; i < present.size() && i < 8; ++i) {
    text += (i == 0 ? "" : ", ") + printable(present[i].substr(0, 40));
  }
  throw InputError(text + (present.empty() ? "none" : "") + ", save the array under that name");
}

std::string image_of(std::string const &where, NumpyArray const &array)
{
  std::size_t count = 0;
  if (!multiply_extents(array.shape, array.values.max_size(), count) ||
      count != array.values.size()) {
    throw InputError(where + ": has " + std::to_string(array.values.size()) +
                     " values, which do not fill its shape; give as many as the shape asks for");
  }
  std::string image = make_npy_header(array.shape);
  image.append(reinterpret_cast<char const *>(array.values.data()), count * sizeof(double));
  return image;
}

/// `images`: the file of each array; must outlive the call.
std::string pack(std::filesystem::path const &path,
                 std::map<std::string, std::string> const &images)
{
  auto check = [&](bool ok) {
    if (!ok) throw IoError("cannot write " + path.string() + ": libzip cannot pack the arrays");
  };
  Source memory(zip_source_buffer_create(nullptr, 0, 0, nullptr));
  check(memory != nullptr);
  Archive archive(zip_open_from_source(memory.get(), ZIP_CREATE | ZIP_TRUNCATE, nullptr));
  check(archive != nullptr);
  zip_source_keep(memory.get());  // the archive owns one share
  for (auto const &[name, image] : images) {
    Source content(zip_source_buffer(archive.get(), image.data(), image.size(), 0));
    check(content != nullptr);
    std::string const file = name + std::string(suffix);
    zip_int64_t const index =
        zip_file_add(archive.get(), file.c_str(), content.get(), ZIP_FL_ENC_UTF_8);
    check(index >= 0);
    content.release();
    auto const at = static_cast<zip_uint64_t>(index);
    check(zip_set_file_compression(archive.get(), at, ZIP_CM_STORE, 0) == 0);
    check(zip_file_set_dostime(archive.get(), at, 0, 33, 0) == 0);  // 1980-01-01, as NumPy has it
  }
  check(zip_close(archive.get()) == 0);
  archive.release();

  zip_stat_t stat;
  zip_stat_init(&stat);
  check(zip_source_stat(memory.get(), &stat) == 0 && (stat.valid & ZIP_STAT_SIZE) != 0);
  std::string bytes(stat.size, '\0');
  check(zip_source_open(memory.get()) == 0);
  zip_int64_t const got = zip_source_read(memory.get(), bytes.data(), bytes.size());
  zip_source_close(memory.get());
  check(got >= 0 && static_cast<std::size_t>(got) == bytes.size());
  return bytes;
}

}  // namespace

std::map<std::string, NumpyArray> read_npz(std::filesystem::path const &path,
                                           std::vector<std::string> const &wanted,
                                           std::vector<std::string> const &optional)
{
  Archive const archive = open_archive(path);
  std::map<std::string, NumpyArray> arrays;
  std::vector<std::string> present;
  std::uint64_t const length = std::filesystem::file_size(path);
  std::size_t left = most_values;
  for (zip_uint64_t index = 0; index < count_files(archive.get()); ++index) {
    std::string const name = name_of_array(archive.get(), index);
    if (name.empty()) continue;
    present.push_back(name);
    bool const asked = !wanted.empty() && !optional.empty() && is_wanted(name, optional);
    if (!is_wanted(name, wanted) && !asked) continue;
    std::string const where = path.string() + ": array " + printable(name);
    if (arrays.contains(name)) fail_damaged(where, "is there twice");
    NpzEntry const entry = describe(archive.get(), index, length, where);
    arrays[name] = parse_npy(read_entry(archive.get(), index, entry, where, false, left), where);
  }
  for (std::string const &name : wanted) {
    if (!arrays.contains(name)) fail_missing(path, name, present);
  }
  return arrays;
}

std::optional<std::vector<std::string>> read_npz_texts(std::filesystem::path const &path,
                                                       std::string const &array)
{
  Archive const archive = open_archive(path);
  std::uint64_t const length = std::filesystem::file_size(path);
  for (zip_uint64_t index = 0; index < count_files(archive.get()); ++index) {
    if (name_of_array(archive.get(), index) != array) continue;
    std::string const where = path.string() + ": array " + printable(array);
    NpzEntry const entry = describe(archive.get(), index, length, where);
    std::size_t left = most_texts;
    return parse_npy_texts(read_entry(archive.get(), index, entry, where, true, left), where);
  }
  return {};
}

void write_npz(std::filesystem::path const &path, std::map<std::string, NumpyArray> const &arrays)
{
  if (arrays.empty()) throw InputError(path.string() + ": there is no array to write; name one");
  std::map<std::string, std::string> images;
  for (auto const &[name, array] : arrays) {
    images[name] = image_of(path.string() + ": array " + name, array);
  }
  write_whole(path, pack(path, images));
}

}  // namespace tessera::io
