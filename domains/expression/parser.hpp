#pragma once

#include <map>
#include <string>
#include <string_view>

#include "graph.hpp"

namespace tessera::domains {

/// Reads a text into a graph, whose variables and `constants` are the names it may hold, and
/// returns the node it is. Throws ExpressionError.
///
///     sum     = product {("+" | "-") product}
///     product = signed {("*" | "/") signed}
///     signed  = ("+" | "-") signed | power
///     power   = atom ["^" signed]
///     atom    = number | name | function "(" sum {"," sum} ")" | "(" sum ")"
int parse_into(ExpressionGraph &graph, std::string_view text,
               std::map<std::string, double> const &constants);

}  // namespace tessera::domains
