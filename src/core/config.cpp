#include <tessera/core/config.hpp>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/core/printable.hpp>

#include "config_state.hpp"

namespace tessera {

namespace {

// Messages begin with file:line:column even where there is no line to point at.
[[noreturn]] void cannot_read(std::filesystem::path const &file, std::string const &what)
{
  throw ConfigError(printable(file.string() + ":1:1: " + what));
}

std::string read_file(std::filesystem::path const &file)
{
  std::error_code code;
  if (!std::filesystem::exists(file, code)) {
    cannot_read(file, "there is no such file; check the path (working directory " +
                          std::filesystem::current_path(code).string() + ")");
  }
  if (std::filesystem::is_directory(file, code)) {
    cannot_read(file,
                "is a folder; name the file, for instance " + (file / "experiment.toml").string());
  }
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (in.bad() || !in.is_open()) {
    cannot_read(file,
                std::string("cannot be read: ") + std::strerror(errno) + "; check its permissions");
  }
  if (text.str().find_first_not_of(" \t\r\n") == std::string::npos) {
    cannot_read(file, "the file is empty; start from one in experiments/");
  }
  return text.str();
}

/// Throws the lines as one error, as many as one can read at once.
void refuse(std::vector<std::string> lines)
{
  constexpr std::size_t limit = 10;
  if (lines.empty()) return;
  if (lines.size() > limit) {
    std::size_t const rest = lines.size() - (limit - 1);
    lines.resize(limit - 1);
    lines.push_back(fmt::format("and {} more", rest));
  }
  for (std::string &line : lines) line = printable(line);
  throw ConfigError(fmt::format("{}", fmt::join(lines, "\n")));
}

}  // namespace

Config Config::load(std::filesystem::path const &file, std::vector<std::string> const &overrides)
{
  return parse(read_file(file), file.string(), overrides);
}

Config Config::parse(std::string_view text, std::string_view name,
                     std::vector<std::string> const &overrides)
{
  return Config(std::make_shared<State>(text, name, overrides));
}

Section Config::section(std::string const &name) const
{
  state_->find_table(name);
  state_->use_table(name);
  return Section(state_, name);
}

std::vector<std::string> Config::tables() const
{
  return state_->tables();
}

void Config::require_tables(std::vector<std::string> const &known) const
{
  refuse(state_->tables_not_in(known));
}

void Config::finish() const
{
  refuse(state_->unknown());
}

std::string Config::resolved() const
{
  std::ostringstream text;
  text << toml::toml_formatter(state_->used, toml::format_flags::none) << "\n";
  return text.str();
}

std::string const &Config::text() const
{
  return state_->text;
}

}  // namespace tessera
