#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <tessera/core/rng.hpp>

#include "odebench_setting.hpp"

namespace tessera::domains {

enum class Split { train, test, support, query, outside_support, outside_query };

constexpr std::size_t train_starts = 4;  // the two references and two draws

using StartList = std::vector<std::vector<double>>;  // (trajectory, state)

/// `count` starts uniform in the box from `low` to `high`, none of them one of `taken`. Shape of
/// the corners (state); throws InputError where the box is a point.
StartList draw_in_box(std::vector<double> const &low, std::vector<double> const &high, Rng rng,
                      std::size_t count, StartList const &taken = {});

/// The starts of every family for one split, shared by the family's environments: train has the
/// two reference starts and draws uniform in the box they span, every other split draws only. No
/// draw of test is a start of train, none of query one of support.
std::vector<StartList> draw_starts(OdebenchSetting const &setting, Split split, std::size_t count,
                                   std::uint64_t seed);

/// The starts as published: a, draws, b from one MT19937(2024) stream over the families, the same
/// for every split (so test repeats training starts); `count` = 1 gives a alone.
std::vector<StartList> published_starts(OdebenchSetting const &setting, std::size_t count);

}  // namespace tessera::domains
