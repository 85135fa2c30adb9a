#pragma once

#include <filesystem>
#include <fstream>
#include <string>

/// What tests/data/numpy/make.py made with NumPy.
inline std::filesystem::path made_by_numpy(std::string const &name)
{
  return std::filesystem::path(TESSERA_TEST_DATA) / "numpy" / name;
}

inline void write_text(std::filesystem::path const &file, std::string const &text)
{
  std::ofstream(file, std::ios::binary) << text;
}
