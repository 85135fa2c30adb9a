#include <algorithm>
#include <charconv>
#include <filesystem>
#include <iostream>

#include <fmt/format.h>

#include <tessera/core/config.hpp>
#include <tessera/core/error.hpp>
#include <tessera/core/printable.hpp>
#include <tessera/io/trajectory_file.hpp>

#include "commands.hpp"

namespace tessera::app {

void print(std::string const &text)
{
  std::cout << text;
  if (!text.empty() && text.back() != '\n') std::cout << '\n';
  if (!std::cout.flush()) throw IoError("standard output cannot be written; is the disk full?");
}

void require_states(std::string const &input, std::vector<std::string> const &of_model)
{
  auto const names = io::state_names_in(input);
  if (names.empty() || names == of_model) return;
  throw InputError(
      fmt::format("{}:1:1: the states are {}, the model's are {}; give the columns "
                  "these names, in this order",
                  input, fmt::join(names, ", "), fmt::join(of_model, ", ")));
}

CLI::Validator not_empty()
{
  return {
      [](std::string &text) { return std::string(text.empty() ? "is empty; write a value" : ""); },
      ""};
}

std::vector<int> parse_seeds(std::string const &text)
{
  std::vector<int> seeds;
  char const *at = text.data(), *const end = at + text.size();
  for (;;) {
    int seed = -1;
    auto const [next, code] = std::from_chars(at, end, seed);
    bool const twice = std::find(seeds.begin(), seeds.end(), seed) != seeds.end();
    if (code != std::errc() || seed < 0 || twice || (next != end && *next != ',')) {
      throw InputError("--seeds " + printable(text) +
                       ": write different whole numbers with commas between, for instance "
                       "--seeds 0,1,2");
    }
    seeds.push_back(seed);
    if (next == end) return seeds;
    at = next + 1;
  }
}

void refuse_existing(std::string const &file, bool force)
{
  if (force || !std::filesystem::exists(file)) return;
  throw InputError(file + " is there already; name another --out, or write over it with --force");
}

void refuse_unknown_words(CLI::App const &command)
{
  std::vector<std::string> const extra = command.remaining();
  if (extra.empty()) return;
  std::vector<std::string> known;
  for (CLI::App const *part : command.get_subcommands([](CLI::App const *) { return true; })) {
    known.push_back(part->get_name());
  }
  for (CLI::Option const *option : command.get_options()) {
    for (std::string const &name : option->get_lnames()) known.push_back("--" + name);
  }
  std::string const &word = extra.front();
  std::string const name = command.get_parent() ? "tessera " + command.get_name() : "tessera";
  std::string text = name + ": unknown word \"" + printable(word) + "\"";
  std::string const plain = word.substr(0, word.find('='));  // --ou=DIR
  if (auto const near = nearest_word(plain, known)) text += " (did you mean \"" + *near + "\"?)";
  throw InputError(text + "; " + name + " --help shows what there is");
}

}  // namespace tessera::app
