#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <hdf5.h>

// What Tessera needs of HDF5's C API (its C++ API is not there in parallel builds), as values that
// close themselves. Failures are IoErrors that name file and object and quote HDF5's own reason.
namespace tessera::io::hdf5 {

using Shape = std::vector<std::size_t>;

/// Keeps HDF5 from printing while one lives, and gives the host's handler back.
class QuietErrors {
 public:
  QuietErrors();
  ~QuietErrors();
  QuietErrors(QuietErrors const &) = delete;
  QuietErrors &operator=(QuietErrors const &) = delete;

 private:
  static inline int alive = 0;
  static inline H5E_auto2_t handler = nullptr;
  static inline void *data = nullptr;
};

/// Owns one identifier of HDF5, of any kind.
class Handle {
 public:
  using Close = herr_t (*)(hid_t);
  Handle(hid_t id, Close close) : id_(id), close_(close) {}
  Handle(Handle &&other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle &operator=(Handle &&) = delete;
  ~Handle()
  {
    if (id_ >= 0) close_(id_);
  }
  operator hid_t() const { return id_; }

 private:
  hid_t id_;
  Close close_;
};

/// Throws IoError: `where`, `what`, and the reason that HDF5 noted last.
[[noreturn]] void fail(std::string const &where, std::string const &what);
/// An identifier that HDF5 returned, or fail.
Handle checked(hid_t id, Handle::Close close, std::string const &where, char const *what);
/// Fails where HDF5 returned a negative status.
void check(herr_t status, std::string const &where, char const *what);

/// A named value on a group or data set: text, a list of texts, an integer.
class Attribute {
 public:
  /// The attribute `name` of an object; `where` names that object in messages.
  Attribute(hid_t object, std::string where, std::string name);

  bool exists() const;
  void write(std::string const &text);
  void write(std::vector<std::string> const &texts);
  void write(std::int64_t number);
  std::string text() const;
  std::vector<std::string> texts() const;
  std::int64_t number() const;

 private:
  void write_texts(std::vector<std::string> const &texts, hid_t space);
  Handle open() const;
  hid_t object_;
  std::string where_, name_;
};

/// An array in a file. T is float, double, std::int32_t, std::int64_t or std::uint64_t.
class Dataset {
 public:
  Dataset(Handle handle, std::string where) : handle_(std::move(handle)), where_(std::move(where))
  {
  }
  Attribute attribute(std::string const &name) const { return {handle_, where_, name}; }
  Shape shape() const;
  /// Throws IoError where the file does not bear the shape out: what is allocated by it exists.
  std::size_t size() const;
  /// Whether the stored numbers are of this kind and width.
  template <class T>
  bool holds() const;
  /// Reads all numbers, converted where the stored kind is another.
  template <class T>
  void read(std::span<T> values) const;
  /// The same for what stands at `index` of the first axis alone.
  template <class T>
  void read_slab(std::size_t index, std::span<T> values) const;
  template <class T>
  void write_slab(std::size_t index, std::span<T const> values) const;
  std::string const &where() const { return where_; }

 private:
  struct Slab;
  Slab slab(std::size_t index, std::size_t numbers) const;
  Handle handle_;
  std::string where_;
};

/// How numbers lie in the file: with a checksum of every chunk, and compressed besides (deflate,
/// which every reader of HDF5 has).
enum class Storage { checked, compressed };

class Group {
 public:
  Group(Handle handle, std::string where) : handle_(std::move(handle)), where_(std::move(where)) {}
  bool has(std::string const &name) const;
  /// Of everything directly below, in the order of the alphabet.
  std::vector<std::string> names() const;
  Group group(std::string const &name) const;
  Group make_group(std::string const &name) const;
  Dataset dataset(std::string const &name) const;
  /// Writes an array of that shape; groups on the way to `name` are made.
  template <class T>
  Dataset write(std::string const &name, Shape const &shape, std::span<T const> values,
                Storage storage) const;
  /// An array to be filled by write_slab.
  template <class T>
  Dataset make_dataset(std::string const &name, Shape const &shape, Storage storage) const;
  /// An array of text, of fixed or variable length, without control characters.
  std::vector<std::string> texts(std::string const &name) const;
  void write_texts(std::string const &name, std::vector<std::string> const &texts) const;
  Attribute attribute(std::string const &name) const { return {handle_, where_, name}; }
  std::string const &where() const { return where_; }

 protected:
  std::string below(std::string const &name) const;
  Handle handle_;
  std::string where_;
};

/// A file; HDF5 stays quiet as long as it is open.
class File : private QuietErrors, public Group {
 public:
  /// An existing file, to be read.
  explicit File(std::filesystem::path const &path);
  /// A file that is being made in memory; `path` names it in messages.
  static File in_memory(std::filesystem::path const &path)
  {
    return {path, Purpose::make_in_memory};
  }
  /// A file that is being made where it will lie, one larger than memory for instance.
  static File on_disk(std::filesystem::path const &path) { return {path, Purpose::make_on_disk}; }
  enum class Purpose { read, make_in_memory, make_on_disk };
  /// Hands everything to the system; throws where that has no room.
  void flush() const;
  /// Throws where something written to a file on disk did not fit, which nothing else tells;
  /// `named`: what the file will be called.
  void check_disk(std::filesystem::path const &named) const;
  /// The bytes of a file made in memory.
  std::string image() const;

 private:
  File(std::filesystem::path const &path, Purpose purpose);
};

}  // namespace tessera::io::hdf5
