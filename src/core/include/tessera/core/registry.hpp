#pragma once

#include <any>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <typeindex>
#include <vector>

#include <tessera/core/config.hpp>

namespace tessera {

/// Names for makers of things, one name space per seam (Family, Expert, Gate, Solver, Sink).
/// It is passed in, never global; a key of a Section, `type` for most seams, picks the maker.
class Registry {
 public:
  template <class Seam>
  using Maker = std::function<std::unique_ptr<Seam>(Section &)>;

  /// Adds a maker; `about` is the line that `tessera list` prints. Throws Error on a second
  /// use of a name within one seam.
  template <class Seam>
  void add(std::string const &name, std::string const &about, Maker<Seam> maker)
  {
    insert(typeid(Seam), name, {about, std::move(maker)});
  }

  /// Makes what the section's `key` names (or `fallback` where it is absent). Throws ConfigError
  /// with the known names.
  template <class Seam>
  std::unique_ptr<Seam> make(Section section, std::string const &fallback = {},
                             std::string const &key = "type") const
  {
    Entry const &entry = find(typeid(Seam), section, fallback, key);
    return std::any_cast<Maker<Seam> const &>(entry.maker)(section);
  }

  /// Makes by name, from a section that has no key `type`. Throws InputError with the known names.
  template <class Seam>
  std::unique_ptr<Seam> make_named(std::string const &name, Section section) const
  {
    return std::any_cast<Maker<Seam> const &>(find(typeid(Seam), name).maker)(section);
  }

  /// Names and one-line descriptions of one seam, in alphabetical order.
  template <class Seam>
  std::vector<std::pair<std::string, std::string>> list() const
  {
    return list(typeid(Seam));
  }

 private:
  struct Entry {
    std::string about;
    std::any maker;
  };
  void insert(std::type_index seam, std::string const &name, Entry entry);
  Entry const &find(std::type_index seam, Section &section, std::string const &fallback,
                    std::string const &key) const;
  Entry const &find(std::type_index seam, std::string const &name) const;
  std::vector<std::pair<std::string, std::string>> list(std::type_index seam) const;
  std::map<std::type_index, std::map<std::string, Entry>> entries_;
};

}  // namespace tessera
