#include <algorithm>

#include <fmt/format.h>

#include <tessera/model/sink.hpp>

namespace tessera::model {

std::vector<std::unique_ptr<Sink>> read_sinks(Section output, Registry const &registry,
                                              std::string const &number)
{
  std::vector<std::string> const usual{"predictions", "pictures", "paraview"};
  std::vector<std::string> known;
  for (auto const &[name, about] : registry.list<Sink>()) known.push_back(name);
  std::vector<std::unique_ptr<Sink>> sinks;
  for (std::string const &name : output.get("sinks", usual)) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      auto const near = nearest_word(name, known);
      output.fail("sinks", fmt::format("names \"{}\", which is not known{}; there is {}", name,
                                       near ? " (did you mean \"" + *near + "\"?)" : "",
                                       fmt::join(known, ", ")));
    }
    sinks.push_back(registry.make_named<Sink>(
        name, name == number ? Config::parse("", name).section(name) : output.section(name)));
  }
  return sinks;
}

}  // namespace tessera::model
