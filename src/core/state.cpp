#include <tessera/core/state.hpp>

#include <tessera/core/error.hpp>

namespace tessera {

void State::add(std::string name, int version, Memory memory)
{
  for (Item const &item : items_) {
    if (item.name == name) throw Error("state \"" + name + "\" is registered twice");
  }
  items_.push_back({std::move(name), version, memory});
}

}  // namespace tessera
