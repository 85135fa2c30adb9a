#pragma once

#include <filesystem>
#include <vector>

#include <tessera/core/log.hpp>
#include <tessera/core/progress.hpp>
#include <tessera/model/place_model.hpp>

namespace tessera::model {

/// How the problems of a file went.
struct SolvedFile {
  std::size_t samples = 0, converged = 0;
  std::vector<double>
      error;  ///< (sample): |u - true| / |true| over space-time; empty without truth
};

/// Solves the problems of `input` (io/problem_file.hpp; fields on the model's grid) and writes u in
/// PDEBench's layout of groups to `output`, samples numbered as those of `input` where these have
/// no gap, else from 0. What lies outside of what the model was trained on, and constraints that do
/// not converge, are warnings. Throws InputError where `input` cannot be used, IoError where
/// `output` cannot be written.
SolvedFile solve_file(PlaceModel const &model, std::filesystem::path const &input,
                      std::filesystem::path const &output, Log const &log = {},
                      Progress progress = {});

}  // namespace tessera::model
